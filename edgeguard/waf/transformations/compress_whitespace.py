r"""`compress_whitespace`: each run of white space as one space.

Argument: none.
Result: white space is space, tab, line feed, vertical tab, form feed and return.
Example: b" a\t\v b" -> b" a b"
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"

_OTHER = b"\t\n\v\f\r"
_TO_SPACE = bytes.maketrans(_OTHER, b" " * len(_OTHER))


def compress_whitespace(value: bytes) -> bytes:
    """Halving replaces a run of n in log n passes; one more pass than needed costs a search."""
    if len(value.translate(None, _OTHER)) != len(value):
        value = value.translate(_TO_SPACE)
    while b"  " in value:
        value = value.replace(b"  ", b" ")
    return value
