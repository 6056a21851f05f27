r"""`remove_whitespace`: all white space taken away.

Argument: none.
Result: the rest.
Example: b"java \tscript:\n" -> b"javascript:"
"""

from __future__ import annotations

STIRS = b" \t\n\v\f\r"


def remove_whitespace(value: bytes) -> bytes:
    """One pass in C."""
    bare = value.translate(None, STIRS)
    return value if len(bare) == len(value) else bare
