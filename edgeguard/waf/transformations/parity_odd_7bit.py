r"""`parity_odd_7bit`: the top bit of each byte set where the number of its ones is even, and cleared elsewhere.

Argument: none.
Result: of 7-bit text, what a line with odd parity carries.
Example: b"cab" -> b"\xe3ab"
"""

from __future__ import annotations

_TABLE = bytes(octet & 0x7F if octet.bit_count() % 2 else octet | 0x80 for octet in range(256))
STIRS = bytes(octet for octet in range(256) if _TABLE[octet] != octet)


def parity_odd_7bit(value: bytes) -> bytes:
    """One pass in C."""
    made = value.translate(_TABLE)
    return value if made == value else made
