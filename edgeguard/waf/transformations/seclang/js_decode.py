r"""`jsDecode`: JavaScript string escapes undone: `\uHHHH`, `\xHH`, octal and single characters.

Unlike YAML's, `\uHHHH` becomes its low byte, not UTF-8, and `\u{H}` is none.

Argument: none.
Result: one byte for each escape; before any other character the backslash goes, at the end it stays.
Example: b"\\x61\\u006cert\\501\\51\\uff1c" -> b"alert(1)<"
"""

from __future__ import annotations

from edgeguard.waf.transformations.backslashes import undone
from edgeguard.waf.transformations.escape_seq_decode import octal_digits
from edgeguard.waf.transformations.seclang.narrow import narrow

STIRS = b"\\"

_BACKSLASH = ord("\\")

_HEX = b"0123456789abcdefABCDEF"
_OCTAL = b"01234567"
_SINGLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def js_decode(value: bytes) -> bytes:
    """See `undone`; most values are told apart before."""
    return undone(value, _escape) if _BACKSLASH in value else value


def _escape(piece: bytes) -> bytes:
    first = piece[:1]
    if first == b"u":
        digits = piece[1:5]
        if len(digits) == 4 and not digits.translate(None, _HEX):
            return narrow(int(digits, 16)) + piece[5:]
    elif first == b"x":
        digits = piece[1:3]
        if len(digits) == 2 and not digits.translate(None, _HEX):
            return bytes([int(digits, 16)]) + piece[3:]
    elif first in _OCTAL:
        digits = octal_digits(piece)
        if len(digits) == 3 and digits[0] > 0x33:  # \400 and more is no byte, so two digits are
            digits = digits[:2]
        return bytes([int(digits, 8)]) + piece[len(digits) :]
    return _SINGLE.get(first, first) + piece[1:]
