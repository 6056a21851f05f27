"""`hex_decode`: a value that is hexadecimal as a whole, decoded; `0x` may precede it.

Argument: none.
Result: the decoded bytes, or the value itself where it is no hexadecimal.
Example: b"0x3c7363726970743e" -> b"<script>"
"""

from __future__ import annotations

from binascii import unhexlify

STIRS = b"0123456789abcdefABCDEF"

_HEX = b"0123456789abcdefABCDEF"


def hex_decode(value: bytes) -> bytes:
    """One look at the alphabet refuses most values; the rest is decoded in C."""
    digits = value[2:] if value[:2] in (b"0x", b"0X") else value
    if not digits or len(digits) % 2 or digits.translate(None, _HEX):
        return value
    return unhexlify(digits)
