"""The part `when` of a dynamic rule: which exchanges count. Each key is a row of `KEYS`; what they mean is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.config.rule_faults import unknown
from edgeguard.dynamic.model import Glance
from edgeguard.wire.path_patterns import PathPatterns

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
        glance: what it needs at least.
    """

    statuses: frozenset[int] | None
    fits: Check
    glance: Glance


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
    return Condition(statuses, _together(checks), _glance(items))


def _together(checks: list[Check]) -> Check:
    """All of them; written out for few, because a loop costs more than the checks."""
    if not checks:
        return lambda _: True
    if len(checks) == 1:
        return checks[0]
    first, second, *rest = checks
    if not rest:
        return lambda event: first(event) and second(event)
    others = _together(rest)
    return lambda event: first(event) and second(event) and others(event)


def _glance(items: dict[str, Item]) -> Glance:
    """One of the things that must be; of several the one that is seldom."""
    if "rule" in items or "tag" in items:
        return Glance(matched=True)
    if "login" in items:
        return Glance(login=True)
    for key in ("cost", "origin_seconds"):
        least = items[key].plain if key in items else None
        if isinstance(least, int | float):
            return Glance(cost=least) if key == "cost" else Glance(origin_seconds=least)
    verdicts = items["verdict"].plain if "verdict" in items else "pass"
    if "pass" not in (verdicts if isinstance(verdicts, list) else [verdicts]):
        return Glance(unusual=True)
    if "cache" in items:
        caches = items["cache"].plain
        return Glance(caches=frozenset(map(str, caches if isinstance(caches, list) else [caches])))
    return Glance(always=True)


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


def _path(texts: list[str]) -> Check:
    try:
        patterns = PathPatterns(texts)
    except ValueError as error:
        raise Wrong(str(error)) from None
    return lambda event: patterns.fits(event.path.encode("latin-1", "replace"))
