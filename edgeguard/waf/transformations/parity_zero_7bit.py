r"""`parity_zero_7bit`: the top bit of each byte cleared.

Argument: none.
Result: 7-bit text.
Example: b"\xe1b\xff" -> b"ab\x7f"
"""

from __future__ import annotations

_TABLE = bytes(octet & 0x7F for octet in range(256))
STIRS = bytes(range(0x80, 0x100))


def parity_zero_7bit(value: bytes) -> bytes:
    """One pass in C."""
    return value if value.isascii() else value.translate(_TABLE)
