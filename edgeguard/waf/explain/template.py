"""A new rule as text: commented, with tests that fit its question as far as they can be made from it, and an id that is free."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MODELINE: Final = "# yaml-language-server: $schema="
_FALLBACK: Final = "my"
_LITERAL: Final = frozenset({"equals", "in", "contains", "contains_word", "starts_with", "ends_with"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of the rule.

    Attributes:
        selector: target and transformations, such as `http.request.query.values|url_decode`.
        pattern: the operator's argument.
    """

    id: str
    title: str = "What this rule finds, in one line"
    selector: str = "http.request.path"
    operator: str = "starts_with"
    pattern: str = "/never-asked-for"
    severity: str = "medium"
    status: str = "test"
    tags: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()


def next_id(known: Iterable[str], prefix: str = "") -> str:
    """The id behind the last one with this prefix; of rules of one's own, the prefix that most of them have.

    Args:
        known: all ids there are, those of retired rules included.
        prefix: without a hyphen at its end.
    """
    ids = [_parts(name) for name in known]
    own = [head for head, number in ids if number >= 0 and head.partition("-")[0] != "eg"]
    prefix = prefix.rstrip("-") or (max(dict.fromkeys(own), key=own.count) if own else _FALLBACK)
    return f"{prefix}-{max((number for head, number in ids if head == prefix), default=0) + 1}"


def rule_text(wish: Wish) -> str:
    """The rule in YAML."""
    term = wish.selector if wish.operator == "equals" else f"{wish.selector}|{wish.operator}"
    match = wish.match or _made(wish)
    tags = f"[{', '.join(wish.tags)}]" if wish.tags else "[]"
    lines = [
        f"- id: {wish.id}  # never used again for another rule",
        f"  title: {_scalar(wish.title)}",
        "  # description: why, and what to do about it",
        f"  status: {wish.status}  # test: not asked yet; then shadow: told, blocks nothing; then enforce",
        f"  severity: {wish.severity}  # scores: critical 5, high 4, medium 3, low 2, info 0; waf.threshold blocks",
        f"  tags: {tags}  # such as owasp-2021/A03, cwe/89",
        "  match:",
        "    # A selection: target|transformations|operator: arguments. Several selections need a `condition`.",
        f"    seen: {{{_scalar(term)}: {_scalar(wish.pattern)}}}",
        "  # action: block           blocks by itself; the default adds the score of the severity",
        "  tests:  # without one of each it does not load in shadow and enforce",
        "    match:",
        *(f"      - {each}" for each in match or ("{path: /}  # TODO: a request that it must find",)),
        "    pass:",
        *(f"      - {each}" for each in wish.passes or ("{path: /}",)),
    ]
    return "\n".join(lines) + "\n"


def _made(wish: Wish) -> tuple[str, ...]:
    """A match test from a literal pattern, for places where a value can be put; empty for others."""
    name, _, rest = wish.selector.partition("|")
    if wish.operator not in _LITERAL or rest not in ("", "lowercase", "url_decode", "url_decode_uni", "lowercase|url_decode"):
        return ()
    target, _, key = name.partition(":")
    value = json.dumps(wish.pattern, ensure_ascii=False)
    name_or = json.dumps(key or "q", ensure_ascii=False)
    made = {
        "http.request.path": f"{{path: {value}}}" if wish.pattern.startswith("/") else "",
        "http.request.query.values": f"{{query: {{{name_or}: {value}}}}}",
        "http.request.any": f"{{query: {{q: {value}}}}}",
        "http.request.head": f"{{query: {{q: {value}}}}}",
        "http.request.arguments": f"{{query: {{{name_or}: {value}}}}}",
        "http.request.content": f"{{json: {{{name_or}: {value}}}}}",
        "http.request.form.values": f"{{form: {{{name_or}: {value}}}}}",
        "http.request.json.values": f"{{json: {_nested(key, value)}}}",
        "http.request.headers": f"{{headers: {{{json.dumps(key or 'x-any')}: {value}}}}}",
        "http.request.cookies": f"{{cookies: {{{name_or}: {value}}}}}",
        "http.user_agent": f"{{headers: {{User-Agent: {value}}}}}",
        "http.request.method": f"{{method: {value}}}",
        "http.host": f"{{host: {value}}}",
    }.get(target, "")
    return (made,) if made else ()


def _nested(key: str, value: str) -> str:
    for part in reversed((key or "q").split(".")):
        value = f"{{{json.dumps(part)}: {value}}}"
    return value


def _parts(name: str) -> tuple[str, int]:
    head, hyphen, number = name.rpartition("-")
    return (head, int(number)) if hyphen and number.isdigit() and len(number) < 10 else (name, -1)


def _scalar(text: str) -> str:
    """As YAML takes it: plain where it may be, else in single quotes."""
    plain = (
        text
        and all(char.isalnum() or char in " ._/-" for char in text)
        and (text[0].isalnum() or text[0] == "/")
        and text == text.strip()
    )
    if plain and not text.replace(".", "").isdigit() and text.lower() not in ("true", "false", "null", "yes", "no", "on", "off"):
        return text
    if all(char.isprintable() for char in text):
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)
