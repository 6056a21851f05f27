r"""`cssDecode`: CSS escapes undone: a backslash with one to six hex digits and one white space, or with any character.

Unlike YAML's, a number becomes its low byte, not UTF-8.

Argument: none.
Result: one byte for each escape; a backslash before a line feed or at the end goes with it.
Example: b"j\\61 v\\000061script\\:\\ff1c" -> b"javascript:<"
"""

from __future__ import annotations

from edgeguard.waf.transformations.backslashes import undone
from edgeguard.waf.transformations.css_decode import escape_of
from edgeguard.waf.transformations.seclang.narrow import narrow

STIRS = b"\\"

_BACKSLASH = ord("\\")


def css_decode(value: bytes) -> bytes:
    """See `undone`; most values are told apart before."""
    return undone(value, _escape, b"") if _BACKSLASH in value else value


def _escape(piece: bytes) -> bytes:
    return escape_of(piece, narrow)
