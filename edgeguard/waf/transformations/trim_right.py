r"""`trim_right`: white space behind the last other byte taken away.

Argument: none.
Result: the rest.
Example: b" a\t " -> b" a"
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"


def trim_right(value: bytes) -> bytes:
    """`bytes.rstrip` gives back the same object where there is nothing to take."""
    return value.rstrip(STIRS)
