"""The part `when` of a dynamic rule: which exchanges count. Each key is a row of `KEYS`; what they mean is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from edgeguard.config.rule_faults import unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.config.yaml_items import Item
    from edgeguard.dynamic.model import Event

    Check = Callable[[Event], bool]

KEYS = {
    "status": "statuses of the response: numbers, or classes such as 4xx",
    "method": "methods",
    "path": "paths: prefixes that end at a segment, or globs with `*` (in one segment) and `**` (over several)",
    "host": "hosts, without port",
    "route": "names of routes",
    "verdict": "pass, blocked, shadow, limited, refused or fault",
    "reason": "reasons of faults, such as `rule` or `path-not-allowed`",
    "rule": "ids of rules of which one must have matched",
    "tag": "tags of rules of which one must have matched; `*` at the end stands for any rest",
    "cache": "hit, miss, stale, revalidated, coalesced or bypass",
    "account": "any, verified, unverified (an account that nobody has proven, or none) or none",
    "login": "true: the request tries to log in (`dynamic.login`)",
    "origin_seconds": "the origin took at least so long",
    "cost": "the GraphQL query cost at least so much",
}
VERDICTS = ("pass", "blocked", "shadow", "limited", "refused", "fault")
RESULTS = ("hit", "miss", "stale", "revalidated", "coalesced", "bypass")
ACCOUNTS = ("any", "verified", "unverified", "none")


class Wrong(ValueError):
    """A part of a rule that makes no sense; the reader adds file and line."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What `when` says, compiled.

    Attributes:
        statuses: of responses that can fit; None for all.
        fits: whether an event does; it does not look at the status.
    """

    statuses: frozenset[int] | None
    fits: Check


def read_condition(items: dict[str, Item], faults: Callable[[int, str], None], *, by_address: bool) -> Condition:
    """Compile `when`.

    Args:
        items: as they stand in the rule.
        faults: told the line and what is wrong there.
        by_address: the rule counts by addresses: then accounts that were proven don't count unless `account` says so.
    """
    statuses: frozenset[int] | None = None
    checks: list[Check] = []
    for key, item in items.items():
        if key not in KEYS:
            faults(item.line, unknown("key", key, KEYS))
            continue
        try:
            if key == "status":
                statuses = frozenset(number for text in texts(item) for number in _statuses(text))
            else:
                checks.append(_check(key, item))
        except Wrong as wrong:
            faults(item.line, str(wrong))
    if by_address and "account" not in items:
        checks.append(lambda event: not event.verified)
    # What is cheap and seldom true comes first: `rule` and `tag` need a match, which few requests have.
    fits: Check = checks[0] if len(checks) == 1 else lambda event: all(check(event) for check in checks)
    return Condition(statuses, fits if checks else lambda _: True)


def texts(item: Item) -> list[str]:
    """One text or number, or a list of them, as texts.

    Raises:
        Wrong: it is neither.
    """
    values = item.plain if isinstance(item.plain, list) else [item.plain]
    if not values or not all(isinstance(value, str | int) and not isinstance(value, bool) for value in values):
        raise Wrong("here stands a text, or a list of texts")
    return [str(value) for value in values]


def _check(key: str, item: Item) -> Check:
    if key in ("origin_seconds", "cost"):
        least = item.plain
        if not isinstance(least, int | float) or isinstance(least, bool) or least < 0:
            raise Wrong(f"{key} is a number, 0 or more")
        return (lambda event: event.origin_seconds >= least) if key == "origin_seconds" else lambda event: event.cost >= least
    if key == "login":
        if item.plain is not True:
            raise Wrong("login is true, or left out")
        return lambda event: bool(event.login)
    values = texts(item)
    if key == "account":
        return _account(values)
    if key == "path":
        return _path(values)
    if key in ("verdict", "cache"):
        for value in values:
            if value not in (known := VERDICTS if key == "verdict" else RESULTS):
                raise Wrong(unknown(key, value, known))
    wanted = frozenset(values)
    if key == "rule":
        return lambda event: bool(event.rules) and not wanted.isdisjoint(event.rules)
    if key == "tag":
        starts = tuple(value.removesuffix("*") for value in values if value.endswith("*"))
        return lambda event: bool(event.tags) and any(tag in wanted or tag.startswith(starts) for tag in event.tags)
    return _among(key, wanted)


def _among(key: str, wanted: frozenset[str]) -> Check:
    checks: dict[str, Check] = {
        "method": lambda event: event.method in wanted,
        "host": lambda event: event.host in wanted,
        "route": lambda event: event.route in wanted,
        "verdict": lambda event: event.verdict in wanted,
        "reason": lambda event: event.reason in wanted,
        "cache": lambda event: event.cache in wanted,
    }
    return checks[key]


def _account(values: list[str]) -> Check:
    if len(values) != 1 or values[0] not in ACCOUNTS:
        raise Wrong(unknown("account", values[0], ACCOUNTS))
    checks: dict[str, Check] = {
        "any": lambda _: True,
        "verified": lambda event: event.verified,
        "unverified": lambda event: not event.verified,
        "none": lambda event: not event.account,
    }
    return checks[values[0]]


def _statuses(text: str) -> list[int]:
    if len(text) == 3 and text.endswith("xx") and text[0] in "12345":
        return list(range(int(text[0]) * 100, int(text[0]) * 100 + 100))
    if text.isascii() and text.isdigit() and 100 <= int(text) <= 599:
        return [int(text)]
    raise Wrong(f"'{text}' is no status; write 404, or 4xx for all of them")


def _path(patterns: list[str]) -> Check:
    prefixes, globs = [], []
    for pattern in patterns:
        if not pattern.startswith(("/", "**")):
            raise Wrong(f"'{pattern}' is no path; write it like /login or /api/**/login")
        stem = pattern.removesuffix("/**")
        if "*" in stem:
            globs.append(_glob(pattern if pattern.startswith("/") else f"/{pattern}"))
        else:
            prefixes.append(stem.rstrip("/") + "/")
    starts = tuple(prefixes)
    if not globs:
        return lambda event: (event.path + "/").startswith(starts)
    options = re2.Options()
    options.never_capture = True
    matcher = re2.compile("|".join(globs), options)
    return lambda event: (event.path + "/").startswith(starts) or matcher.fullmatch(event.path) is not None


def _glob(pattern: str) -> str:
    parts = []
    for segment in pattern.split("/")[1:]:
        if segment == "**":
            parts.append("(?:/[^/]*)*")
        else:
            parts.append("/" + "[^/]*".join(re2.escape(piece) for piece in segment.split("*")))
    return "".join(parts)
