r"""`js_decode`: JavaScript string escapes undone: `\xHH`, `\uHHHH`, `\u{H}`, octal and single characters.

Argument: none.
Result: the string a script would see.
Example: b"\\x61\\u006cert\\u{28}1\\51\\/" -> b"alert(1)/"
"""

from __future__ import annotations

from edgeguard.waf.transformations.backslashes import undone

STIRS = b"\\"

_OCTAL = tuple(bytes([digit]) for digit in b"01234567")
_SINGLE = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"\n": b""}


def js_decode(value: bytes) -> bytes:
    """See `undone`."""
    return undone(value, _escape)


def _escape(piece: bytes) -> bytes:
    first = piece[:1]
    if first == b"x" and _hex(piece[1:3], 2):
        return bytes([int(piece[1:3], 16)]) + piece[3:]
    if first == b"u":
        return _unicode(piece)
    if first in _OCTAL:
        length = 3 if piece[0] < 0x34 else 2
        digits = piece[:length]
        digits = digits[: len(digits) - len(digits.lstrip(b"01234567"))]
        return bytes([int(digits, 8)]) + piece[len(digits) :]
    return _SINGLE.get(first, first) + piece[1:]


def _unicode(piece: bytes) -> bytes:
    if piece[1:2] == b"{":
        end = piece.find(b"}", 2, 10)
        digits, rest = piece[2:end], piece[end + 1 :]
        if end < 0 or not _hex(digits, len(digits)) or int(digits, 16) > 0x10FFFF:
            return piece
    else:
        digits, rest = piece[1:5], piece[5:]
        if not _hex(digits, 4):
            return piece
    return chr(int(digits, 16)).encode("utf-8", "surrogatepass") + rest


def _hex(digits: bytes, length: int) -> bool:
    return len(digits) == length > 0 and not digits.translate(None, b"0123456789abcdefABCDEF")
