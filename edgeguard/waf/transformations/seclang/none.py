"""`none`: nothing; in SecLang it stands first where a rule wants no default.

Argument: none.
Result: the value itself.
Example: b"a" -> b"a"
"""

from __future__ import annotations

STIRS = b""


def none(value: bytes) -> bytes:
    """The same object."""
    return value
