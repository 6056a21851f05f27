r"""`remove_nulls`: NUL bytes taken away.

Argument: none.
Result: the rest.
Example: b"scr\0ipt" -> b"script"
"""

from __future__ import annotations

STIRS = b"\0"


def remove_nulls(value: bytes) -> bytes:
    """One pass in C."""
    return value.replace(b"\0", b"") if 0 in value else value
