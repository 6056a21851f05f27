r"""`sha1`: the SHA-1 digest of the value, to know a text by; it protects nothing.

Argument: none.
Result: 20 bytes, for an empty value too; `hex_encode` makes them readable.
Example: b"a" -> b"\x86\xf7\xe47\xfa\xa5\xa7\xfc\xe1]\x1d\xdc\xb9\xea\xea\xea7vg\xb8"
"""

from __future__ import annotations

import hashlib

STIRS = bytes(range(256))


def sha1(value: bytes) -> bytes:
    """One pass in C."""
    return hashlib.sha1(value, usedforsecurity=False).digest()
