"""`base64Decode`: the Base64 that a value begins with, decoded, whatever follows.

Unlike YAML's, it decodes any value as far as it goes, so that most become a few odd bytes, or none; it knows one alphabet.

Argument: none.
Result: the decoded bytes; line ends are passed over, and padding may be missing.
Example: b"PHNjcmlwdD4=, and more" -> b"<script>"
"""

from __future__ import annotations

from edgeguard.waf.transformations.base64_decode_ext import whole_digits

STIRS = bytes(range(256))

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MARKED = bytes(octet if octet in _ALPHABET else ord("=") for octet in range(256))
_RETURN, _LINE_FEED = _LINE_ENDS = b"\r\n"


def base64_decode(value: bytes) -> bytes:
    """Linear: passes in C."""
    if not value:
        return value
    if _LINE_FEED in value or _RETURN in value:
        value = value.translate(None, _LINE_ENDS)
    return whole_digits(value.translate(_MARKED).partition(b"=")[0])
