"""`hex_encode`: each byte as two hexadecimal digits.

Argument: none.
Result: lower-case digits; an empty value stays empty.
Example: b"<a>" -> b"3c613e"
"""

from __future__ import annotations

from binascii import hexlify

STIRS = bytes(range(256))


def hex_encode(value: bytes) -> bytes:
    """One pass in C."""
    return hexlify(value) if value else value
