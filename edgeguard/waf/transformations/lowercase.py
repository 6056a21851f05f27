r"""`lowercase`: ASCII letters in lower case.

Argument: none.
Result: the same text in lower case; bytes beyond ASCII stay.
Example: b"SeLeCT \xc3\x84" -> b"select \xc3\x84"
"""

from __future__ import annotations

STIRS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def lowercase(value: bytes) -> bytes:
    """One pass in C."""
    lower = value.lower()
    return value if lower == value else lower
