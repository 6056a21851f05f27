"""`sql_hex_decode`: hexadecimal literals of SQL, `0x` with pairs of digits, as the text they stand for.

Argument: none.
Result: each literal decoded where it stands, without quotes; a digit that is left alone stays.
Example: b"user=0x61646D696E--" -> b"user=admin--"
"""

from __future__ import annotations

from binascii import unhexlify

STIRS = b"xX"

_LOWER, _UPPER = STIRS
_HEX = b"0123456789abcdefABCDEF"


def sql_hex_decode(value: bytes) -> bytes:
    """Linear: digits end before the next `x`, so that no stretch is read more than twice."""
    if _LOWER not in value and _UPPER not in value:
        return value
    lower = value.lower()
    parts: list[bytes] = []
    at = 0  # what is written down so far
    start = lower.find(b"0x")
    while start >= 0:
        end = lower.find(b"x", start + 2)
        digits = lower[start + 2 : end if end >= 0 else len(lower)]
        digits = digits[: (len(digits) - len(digits.lstrip(_HEX))) & ~1]
        if digits:
            parts += (value[at:start], unhexlify(digits))
            at = start + 2 + len(digits)
        start = lower.find(b"0x", max(at, start + 1))
    parts.append(value[at:])
    decoded = b"".join(parts)
    return value if decoded == value else decoded
