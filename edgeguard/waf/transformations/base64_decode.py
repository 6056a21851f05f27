"""`base64_decode`: a value that is Base64 as a whole, decoded; both alphabets, with or without padding.

Argument: none.
Result: the decoded bytes, or the value itself where it is no Base64.
Example: b"PHNjcmlwdD4" -> b"<script>"
"""

from __future__ import annotations

from binascii import a2b_base64

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
STIRS = _ALPHABET

_STANDARD = bytes.maketrans(b"-_", b"+/")


def base64_decode(value: bytes) -> bytes:
    """One look at the alphabet refuses most values; the rest is decoded in C."""
    bare = value.rstrip(b"=")
    if len(bare) < 2 or len(bare) % 4 == 1 or bare.translate(None, _ALPHABET):
        return value
    return a2b_base64(bare.translate(_STANDARD) + b"=" * (-len(bare) % 4))
