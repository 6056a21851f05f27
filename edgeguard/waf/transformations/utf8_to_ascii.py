r"""`utf8_to_ascii`: full-width forms (U+FF01 to U+FF5E) and overlong UTF-8 as the ASCII they stand for.

Argument: none.
Result: ASCII where a lenient reader sees ASCII; all else stays.
Example: b"\xef\xbc\x9cscript\xc0\xaf" -> b"<script/"
"""

from __future__ import annotations

STIRS = b"\xc0\xc1\xe0\xef"

_LEADS = (b"\xc0", b"\xc1", b"\xe0", b"\xef")
_PLAIN = {
    **{bytes([0xC0 | code >> 6, 0x80 | code & 0x3F]): bytes([code]) for code in range(128)},
    **{bytes([0xE0, 0x80 | code >> 6, 0x80 | code & 0x3F]): bytes([code]) for code in range(128)},
    **{chr(code + 0xFEE0).encode(): bytes([code]) for code in range(0x21, 0x7F)},
}


def utf8_to_ascii(value: bytes) -> bytes:
    """Linear: one search for each of the four lead bytes, then one split at each that occurs."""
    if value.isascii():
        return value
    start = value
    for lead in _LEADS:
        if lead in value:
            head, *pieces = value.split(lead)
            value = b"".join([head, *(_piece(lead, piece) for piece in pieces)])
    return start if value == start else value


def _piece(lead: bytes, piece: bytes) -> bytes:
    plain = _PLAIN.get(lead + piece[:1])
    if plain is not None:
        return plain + piece[1:]
    plain = _PLAIN.get(lead + piece[:2])
    return lead + piece if plain is None else plain + piece[2:]
