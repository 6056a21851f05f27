r"""`compress_whitespace`: each run of white space as one space.

Argument: none.
Result: white space is space, tab, line feed, vertical tab, form feed and return.
Example: b" a\t\v b" -> b" a b"
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"

_SPACE = ord(" ")
_OTHER = b"\t\n\v\f\r"
_TO_SPACE = bytes.maketrans(_OTHER, b" " * len(_OTHER))


def compress_whitespace(value: bytes) -> bytes:
    """One table, and halving, which replaces a run of n in log n passes."""
    made = value.translate(_TO_SPACE)
    if _SPACE in made:
        while made.find(b"  ") >= 0:
            made = made.replace(b"  ", b" ")
    return value if made == value else made
