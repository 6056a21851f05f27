"""Tags of HTML as the states of its tokeniser find them (HTML Living Standard, 13.2.5): names, attributes, quotes left out,
slashes and control characters between attributes, comments that end early.

A lexer only. An end of the value within a tag ends the tag: the page will bring a `>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.octet_pattern import octet_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS = 192
"""Tags read one after the other; how later ones are reached, `script` tells."""

_ATTRIBUTES = 48
"""Attributes of one tag that are read one after the other. Elements of real pages have under twenty."""

_FURTHER = 16
"""Attributes behind these that are read because of their names, so that filling a tag up hides nothing."""

_telling = octet_pattern(
    rb"[\x09\x0a\x0c\x0d /\"'](?:on[a-z]{3,}|srcdoc|src|href|xlink:href|action|formaction|data|style|to|values|from)"
    rb"[\x09\x0a\x0c\x0d ]*="
).search

_SPACE = b"\t\n\x0c\r "
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_ENDS_NAME = bytes(0x20 if octet in b"\t\n\x0c\r />" else octet for octet in range(256))
_ENDS_ATTRIBUTE = bytes(0x20 if octet in b"\t\n\x0c\r />=" else octet for octet in range(256))
_ENDS_VALUE = bytes(0x20 if octet in b"\t\n\x0c\r >" else octet for octet in range(256))

Attribute = tuple[bytes, bytes]
"""Name and value, in lower case; the value as it stands, references not decoded."""

Tag = tuple[bytes, list[Attribute], int, int]
"""Name (with a slash before it for an end tag), attributes, start, end."""


class Markup:
    """A value in lower case, and with all that ends a name, an attribute's name or a value blanked out."""

    __slots__ = ("attributes", "low", "names", "values")

    def __init__(self, low: bytes) -> None:
        self.low = low
        self.names = low.translate(_ENDS_NAME) + b" "
        self.attributes = low.translate(_ENDS_ATTRIBUTE) + b" "
        self.values = low.translate(_ENDS_VALUE) + b" "


def tags(markup: Markup, at: int, most: int = _TAGS) -> Iterator[Tag]:
    """The tags from `at` on; comments, declarations and stray marks are passed over."""
    low = markup.low
    at = low.find(b"<", at)
    closed = max(low.rfind(b"-->"), low.rfind(b"--!>"))
    for _ in range(most):
        if at < 0 or at + 1 >= len(low):
            return
        first = low[at + 1]
        if first in _LETTERS:
            name_at, mark = at + 1, b""
        elif first == 0x2F and at + 2 < len(low) and low[at + 2] in _LETTERS:
            name_at, mark = at + 2, b"/"
        else:
            at = low.find(b"<", _passed(low, at, closed))
            continue
        end = markup.names.find(b" ", name_at)
        found, stop = attributes(markup, end)
        yield mark + low[name_at:end], found, at, stop
        at = low.find(b"<", stop)


def _passed(low: bytes, at: int, closed: int) -> int:
    """Behind what begins at `at` and is no tag; `closed` is where the last comment's end stands."""
    if low.startswith(b"<!--", at):
        if low.startswith((b">", b"->"), at + 4):
            return at + 5
        if closed < at + 4:
            return at + 4  # without its end, what it hides may not be hidden
        end = low.find(b"-->", at + 4)
        early = low.find(b"--!>", at + 4, end if end >= 0 else len(low))
        return (early if early >= 0 else end) + 3
    return at + 1


def attributes(markup: Markup, at: int) -> tuple[list[Attribute], int]:
    """The attributes from `at` on, and the place behind the tag."""
    low = markup.low
    size = len(low)
    found: list[Attribute] = []
    while len(found) < _ATTRIBUTES:
        while at < size and (low[at] in _SPACE or low[at] == 0x2F):
            at += 1
        if at >= size or low[at] == 0x3E:
            return found, at + 1
        end = markup.attributes.find(b" ", at + 1)  # an `=` in front belongs to the name
        name = low[at:end]
        at = end
        while at < size and low[at] in _SPACE:
            at += 1
        if at >= size or low[at] != 0x3D:
            found.append((name, b""))
            continue
        value, at = _value(markup, at + 1)
        found.append((name, value))
    end = low.find(b">", at)
    end = size if end < 0 else end + 1
    return found + _further(markup, at, end), end


def _further(markup: Markup, at: int, end: int) -> list[Attribute]:
    """Attributes between `at` and `end` whose names say that they may run or load something."""
    found: list[Attribute] = []
    for _ in range(_FURTHER):
        told = _telling(markup.low, at - 1, end)
        if told is None:
            break
        name = markup.low[told.start() + 1 : told.end() - 1].strip()
        value, at = _value(markup, told.end())
        found.append((name, value))
        if at >= end:
            break
    return found


def _value(markup: Markup, at: int) -> tuple[bytes, int]:
    low = markup.low
    while at < len(low) and low[at] in _SPACE:
        at += 1
    mark = low[at : at + 1]
    if mark in (b'"', b"'"):
        end = low.find(mark, at + 1)
        return (low[at + 1 :], len(low)) if end < 0 else (low[at + 1 : end], end + 1)
    end = markup.values.find(b" ", at)
    return low[at:end], end
