"""Patterns of paths, by which routes and profiles say where they hold.

They are prefixes that end at a segment's boundary (`/api` fits `/api` and `/api/items`, not `/apiary`), or globs:
`*` is one segment or a part of one, `**` any number of segments, none included. Matching is linear, in the path as
`Request.path` has it, and nothing is remembered per path, since clients make up paths without end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import re2

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# `wire` escapes the backslash, and leaves all other visible ASCII as the client sent it.
_KEPT = "".join(chr(octet) for octet in range(0x21, 0x7F) if octet != 0x5C)


class PathPatterns:
    """Some patterns, and whether a path fits one of them. No pattern fits nothing.

    Raises:
        ValueError: a pattern does not start with `/` or `*`.
    """

    __slots__ = ("_everything", "_globs", "_prefixes", "_stems")

    def __init__(self, patterns: Iterable[str]) -> None:
        prefixes, globs, stems = [], [], []
        for text in patterns:
            pattern = _normal(text)
            stem = pattern.removesuffix("/**")
            if "*" in stem:
                globs.append(_glob(pattern))
                stems.append(pattern.partition("*")[0].encode())
            else:
                prefixes.append(stem.rstrip("/").encode() + b"/")
        self._everything = b"/" in prefixes
        self._prefixes = tuple(prefixes)
        self._stems = tuple(stems)  # what stands before the first star: spares most paths the automaton
        self._globs = _matcher("|".join(globs)) if globs else None

    def fits(self, path: bytes) -> bool:
        """Whether `path` fits."""
        if self._everything or (path + b"/").startswith(self._prefixes):
            return True
        return self._globs is not None and path.startswith(self._stems) and self._globs.fullmatch(path) is not None


def _normal(pattern: str) -> str:
    """A pattern spelt as `Request.path` spells paths: unreserved octets plain, all others in capital hex."""
    if pattern.startswith("**"):
        pattern = "/" + pattern
    if not pattern.startswith("/"):
        raise ValueError(f"'{pattern}' is no path; it must start with /")
    head, *rest = quote(pattern, safe=_KEPT).split("%")
    return head + "".join(_triplet(part) for part in rest)


def _triplet(part: str) -> str:
    try:
        octet = int(part[:2], 16)
    except ValueError:
        raise ValueError(f"'%{part[:2]}' is no percent-encoded octet") from None
    return (chr(octet) if octet in _UNRESERVED else f"%{octet:02X}") + part[2:]


def _glob(pattern: str) -> str:
    """A glob as a regular expression for the whole path. `/**` fits nothing, or any number of segments."""
    parts = []
    for segment in pattern.split("/")[1:]:
        if segment == "**":
            parts.append("(?:/[^/]*)*")
        elif segment == "*":
            parts.append("/[^/]+")
        else:
            parts.append("/" + "[^/]*".join(re2.escape(piece) for piece in segment.split("*")))
    return "".join(parts)


def _matcher(expression: str) -> re2._Regexp[bytes]:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.never_capture = True
    return re2.compile(expression.encode(), options)
