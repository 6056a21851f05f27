"""`base64_decode_ext`: Base64 with anything strewn in, decoded: what is not of the alphabet is passed over.

Argument: none.
Result: the decoded bytes; nothing where padding stands after a single digit.
Example: b"P.HNj?cmlw dD4=" -> b"<script>"
"""

from __future__ import annotations

from binascii import a2b_base64

STIRS = bytes(range(256))

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_STRANGE = bytes(octet for octet in range(256) if octet not in _ALPHABET + b"=")


def base64_decode_ext(value: bytes) -> bytes:
    """Linear: two passes in C, and one count for each run of padding."""
    if not value:
        return value
    digits = value.translate(None, _STRANGE)
    if b"=" in digits:
        pieces = digits.split(b"=")
        count = 0
        for piece in pieces[:-1]:
            count += len(piece)
            if count % 4 == 1:
                return b""
        digits = b"".join(pieces)
    return whole_digits(digits)


def whole_digits(digits: bytes) -> bytes:
    """`digits`, all of the alphabet, decoded; a last one that is alone in its group says nothing."""
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return a2b_base64(digits + b"==")
