"""How SecLang makes one byte of a number of two."""

from __future__ import annotations


def narrow(code: int) -> bytes:
    """The low byte; of full-width forms (U+FF01 to U+FF5E) the ASCII character they stand for."""
    low = code & 0xFF
    return bytes([low + 0x20 if code >> 8 == 0xFF and 0 < low < 0x5F else low])
