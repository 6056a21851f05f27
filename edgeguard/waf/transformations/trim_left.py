r"""`trim_left`: white space before the first other byte taken away.

Argument: none.
Result: the rest.
Example: b" \ta " -> b"a "
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"


def trim_left(value: bytes) -> bytes:
    """`bytes.lstrip` gives back the same object where there is nothing to take."""
    return value.lstrip(STIRS)
