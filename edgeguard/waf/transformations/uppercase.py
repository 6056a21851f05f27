r"""`uppercase`: ASCII letters in upper case.

Argument: none.
Result: the same text in upper case; bytes beyond ASCII stay.
Example: b"SeLeCT \xc3\xa4" -> b"SELECT \xc3\xa4"
"""

from __future__ import annotations

STIRS = b"abcdefghijklmnopqrstuvwxyz"


def uppercase(value: bytes) -> bytes:
    """One pass in C."""
    upper = value.upper()
    return value if upper == value else upper
