"""`url_encode`: all but ASCII letters, digits and `*` percent-encoded, a space as `+`.

Argument: none.
Result: with lower-case digits.
Example: b"a b/*=" -> b"a+b%2f*%3d"
"""

from __future__ import annotations

_PLAIN = b"*0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STIRS = bytes(octet for octet in range(256) if octet not in _PLAIN)

_SPELT = [bytes([octet]) if octet in _PLAIN else b"+" if octet == 0x20 else b"%%%02x" % octet for octet in range(256)]


def url_encode(value: bytes) -> bytes:
    """One look tells plain values apart; in others each byte is looked up."""
    return b"".join([_SPELT[octet] for octet in value]) if value.translate(None, _PLAIN) else value
