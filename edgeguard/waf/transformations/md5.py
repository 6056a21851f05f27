r"""`md5`: the MD5 digest of the value, to know a text by; it protects nothing.

Argument: none.
Result: 16 bytes, for an empty value too; `hex_encode` makes them readable.
Example: b"a" -> b"\x0c\xc1u\xb9\xc0\xf1\xb6\xa81\xc3\x99\xe2iw&a"
"""

from __future__ import annotations

import hashlib

STIRS = bytes(range(256))


def md5(value: bytes) -> bytes:
    """One pass in C."""
    return hashlib.md5(value, usedforsecurity=False).digest()
