"""`base64_encode`: the value in Base64, with padding.

Argument: none.
Result: letters, digits, `+`, `/` and `=`; an empty value stays empty.
Example: b"<script>" -> b"PHNjcmlwdD4="
"""

from __future__ import annotations

from binascii import b2a_base64

STIRS = bytes(range(256))


def base64_encode(value: bytes) -> bytes:
    """One pass in C."""
    return b2a_base64(value, newline=False) if value else value
