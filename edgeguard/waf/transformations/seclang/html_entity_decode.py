r"""`htmlEntityDecode`: HTML character references undone: decimal, hexadecimal, and `quot`, `amp`, `lt`, `gt`, `nbsp`.

Unlike YAML's, a number becomes its low byte, not UTF-8, and few names are known, in any case of letters.

Argument: none.
Result: one byte for each reference; a missing semicolon is forgiven, unknown names stay.
Example: b"&#106;ava&#X0073;cript&LT" -> b"javascript<"
"""

from __future__ import annotations

STIRS = b"&"

_AMPERSAND = ord("&")
_DIGITS = b"0123456789"
_HEX = b"0123456789abcdefABCDEF"
_LETTERS = _DIGITS + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"nbsp": b"\xa0"}
_FIRST = frozenset(bytes([octet]) for name in _NAMES for octet in (name[0], name[0] - 0x20))
_WIDE = 15  # digits that C's long surely holds; a number of more is read as its greatest value, whose low byte is 255


def html_entity_decode(value: bytes) -> bytes:
    """Linear: one split at `&`; digits are counted before they are read, so that no number is long."""
    if _AMPERSAND not in value:
        return value
    head, *pieces = value.split(b"&")
    parts = [head]
    changed = False
    for piece in pieces:
        first = piece[:1]
        decoded = _numbered(piece) if first == b"#" else _named(piece) if first in _FIRST else None
        if decoded is None:
            parts += (b"&", piece)
        else:
            changed = True
            parts.append(decoded)
    return b"".join(parts) if changed else value


def _numbered(piece: bytes) -> bytes | None:
    is_hex = piece[1:2] in (b"x", b"X")
    rest = piece[2:] if is_hex else piece[1:]
    tail = rest.lstrip(_HEX if is_hex else _DIGITS)
    length = len(rest) - len(tail)
    if not length:
        return None
    digits = rest[:length].lstrip(b"0")
    code = 0xFF if len(digits) > _WIDE else int(digits or b"0", 16 if is_hex else 10)
    return bytes([code & 0xFF]) + tail.removeprefix(b";")


def _named(piece: bytes) -> bytes | None:
    head = piece[:5]  # the longest name, and one more that must not go on with it
    length = len(head) - len(head.lstrip(_LETTERS))
    octet = _NAMES.get(head[:length].lower())
    return None if octet is None else octet + piece[length:].removeprefix(b";")
