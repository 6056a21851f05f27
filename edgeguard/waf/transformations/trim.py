r"""`trim`: white space at both ends taken away.

Argument: none.
Result: the rest.
Example: b" a b\n" -> b"a b"
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"


def trim(value: bytes) -> bytes:
    """`bytes.strip` gives back the same object where there is nothing to take."""
    return value.strip(STIRS)
