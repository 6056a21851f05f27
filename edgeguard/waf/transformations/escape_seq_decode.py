r"""`escape_seq_decode`: the escapes of C's strings undone: `\n` and its like, `\xHH`, up to three octal digits.

Argument: none.
Result: the string as a compiler reads it; before any other character the backslash goes, at the end it stays.
Example: b"\\x3cscr\\151pt\\q\\\\n" -> b"<scriptq\\n"
"""

from __future__ import annotations

from edgeguard.waf.transformations.backslashes import undone

STIRS = b"\\"

_BACKSLASH = ord("\\")

_OCTAL = b"01234567"
_SINGLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def escape_seq_decode(value: bytes) -> bytes:
    """See `undone`; most values are told apart before."""
    return undone(value, _escape) if _BACKSLASH in value else value


def _escape(piece: bytes) -> bytes:
    first = piece[:1]
    if first in (b"x", b"X"):
        digits = piece[1:3]
        if len(digits) == 2 and not digits.translate(None, b"0123456789abcdefABCDEF"):
            return bytes([int(digits, 16)]) + piece[3:]
    elif first in _OCTAL:
        digits = octal_digits(piece)
        return bytes([int(digits, 8) & 0xFF]) + piece[len(digits) :]
    return _SINGLE.get(first, first) + piece[1:]


def octal_digits(piece: bytes) -> bytes:
    """The octal digits that `piece` begins with, three at most."""
    digits = piece[:3]
    return digits[: len(digits) - len(digits.lstrip(_OCTAL))]
