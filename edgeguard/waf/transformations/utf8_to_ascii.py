r"""`utf8_to_ascii`: full-width forms (U+FF01 to U+FF5E) and overlong UTF-8 as the ASCII they stand for.

Argument: none.
Result: ASCII where a lenient reader sees ASCII; all else stays.
Example: b"\xef\xbc\x9cscript\xc0\xaf" -> b"<script/"
"""

from __future__ import annotations

STIRS = b"\xc0\xc1\xe0\xef"

_SPELLED = {
    **{chr(code + 0xFEE0).encode(): bytes([code]) for code in range(0x21, 0x7F)},
    **{bytes([0xC0 | code >> 6, 0x80 | code & 0x3F]): bytes([code]) for code in range(128)},
    **{bytes([0xE0, 0x80 | code >> 6, 0x80 | code & 0x3F]): bytes([code]) for code in range(128)},
}


def utf8_to_ascii(value: bytes) -> bytes:
    """Linear: one split at each lead, which few values have."""
    if value.isascii():
        return value
    start = value
    for lead in (b"\xef\xbc", b"\xef\xbd", b"\xc0", b"\xc1", b"\xe0\x80", b"\xe0\x81"):
        if lead in value:
            value = _shortened(value, lead)
    return start if value == start else value


def _shortened(value: bytes, lead: bytes) -> bytes:
    """Each `lead` with the byte after it as the ASCII character that they stand for."""
    head, *pieces = value.split(lead)
    parts = [head]
    for piece in pieces:
        plain = _SPELLED.get(lead + piece[:1])
        parts.append(lead + piece if plain is None else plain + piece[1:])
    return b"".join(parts)
