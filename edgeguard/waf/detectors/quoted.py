"""Whether a place in a text is the whole of a text in quotes: how data has a value, and prose about it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span

_QUOTES = (b'"', b"'", b"`")


def is_quoted(text: bytes, span: Span) -> bool:
    """Whether the same quote stands at both ends, and is no part of another text, where a backslash would precede it."""
    begin, end = span
    quote = text[begin - 1 : begin] if begin else b""
    return quote in _QUOTES and text[end : end + 1] == quote and text[begin - 2 : begin - 1] != b"\\"
