"""Questions that no request can answer with yes: a name that no field can have, a text that no value holds in that form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.waf.explain.asked import questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.explain.asked import Asked
    from edgeguard.waf.model import Rule

_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TEXTS: Final = frozenset({"equals", "in", "contains", "starts_with", "ends_with", "contains_word"})
_WHOLE: Final = frozenset({"equals", "in"})
_PATHS: Final = frozenset({"http.request.json.values", "http.request.xml.values", "http.request.xml.attributes"})
# What the edge makes lower-case before a rule sees it.
_LOWER: Final = frozenset({"http.host", "http.request.headers.names", "http.response.headers.names"})
_LOWERING: Final = frozenset({"lowercase"})
_RAISING: Final = frozenset({"uppercase"})
_KEEPING: Final = frozenset({
    "trim", "trim_left", "trim_right", "compress_whitespace", "remove_whitespace", "remove_nulls", "replace_nulls",
    "remove_comments", "replace_comments", "remove_comments_char", "normalise_path", "normalise_path_win",
})  # fmt: skip
"""Steps behind which what was lower-case still is."""


def unanswered(rule: Rule) -> Iterator[str]:
    """What is wrong, one line each."""
    for alternatives in questions(rule).values():
        for option in alternatives:
            for asked in option:
                yield from _of_name(asked)
                yield from _of_texts(asked)


def _of_name(asked: Asked) -> Iterator[str]:
    name, colon, key = asked.written.partition("|")[0].partition(":")
    if not colon:
        return
    if name.endswith(".headers") and not _TOKEN.issuperset(key):
        yield f"{name}:{key}: no field has a name with {_odd(key, _TOKEN)}"
    elif name.endswith(".cookies") and (odd := [char for char in key if char in '=;, "' or char < " "]):
        yield f"{name}:{key}: no cookie has a name with '{odd[0]}'"
    elif name in _PATHS and (key.startswith((".", "$", "/")) or key.endswith(".") or ".." in key):
        yield f"{name}:{key}: no value stands there; a path is keys joined by dots, such as user.name"
    elif name in _PATHS and any(char in key for char in "[]*"):
        yield f"{name}:{key}: no value stands there; items of lists have the path of the list, and there are no wildcards"


def _of_texts(asked: Asked) -> Iterator[str]:
    if asked.operator not in _TEXTS:
        return
    name = asked.written.partition("|")[0]
    for argument in asked.arguments:
        text = str(argument)
        if why := _never(name, asked, text):
            yield f"{asked.written}: '{text}' is never there: {why}"


def _never(name: str, asked: Asked, text: str) -> str:
    """Why no value has this text; empty where one may."""
    changed = _case(asked.steps)
    if changed == "lower" and text != text.lower() and text.isascii():
        return "the value is lower-case by then"
    if changed == "upper" and text != text.upper() and text.isascii():
        return "the value is upper-case by then"
    if asked.steps:
        return ""
    return _never_raw(name, asked.operator, text)


def _never_raw(name: str, operator: str, text: str) -> str:
    whole = operator in _WHOLE
    if name in _LOWER and text != text.lower():
        return "the edge makes it lower-case"
    if name == "http.host" and ":" in text and not text.startswith("["):
        return "the port is not part of it"
    if name == "http.request.path":
        if (whole or operator == "starts_with") and not text.startswith("/"):
            return "a path begins with a slash"
        if "?" in text:
            return "the query is not part of the path; see http.request.query"
        if "/../" in text or "/./" in text:
            return "the edge resolves dot segments; http.request.target has the path as sent"
    if name == "http.request.method" and whole and text.isalpha() and text.islower():
        return "methods are upper-case"
    if name == "http.request.version" and whole and text not in ("1.0", "1.1", "2", "2.0"):
        return "versions are 1.0, 1.1 and 2"
    if name == "http.response.status" and whole and not (len(text) == 3 and text.isdigit()):
        return "a status has three digits"
    return ""


def _case(steps: tuple[str, ...]) -> str:
    """Which case letters have behind the last step, where that is certain."""
    case = ""
    for step in steps:
        if step in _LOWERING:
            case = "lower"
        elif step in _RAISING:
            case = "upper"
        elif step not in _KEEPING:
            case = ""
    return case


def _odd(text: str, known: frozenset[str]) -> str:
    odd = next(char for char in text if char not in known)
    return "a space" if odd == " " else f"'{odd}'"
