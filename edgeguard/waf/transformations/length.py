"""`length`: how many bytes the value has.

Argument: none.
Result: the number in decimal digits, `0` for an empty value.
Example: b"four" -> b"4"
"""

from __future__ import annotations

STIRS = bytes(range(256))


def length(value: bytes) -> bytes:
    """Constant time."""
    digits = b"%d" % len(value)
    return value if digits == value else digits
