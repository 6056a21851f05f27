r"""`hexDecode`: each two bytes as one, as if they were hexadecimal digits.

Unlike YAML's, it does not ask whether they are.

Argument: none.
Result: half as many bytes; a last one without a partner is dropped.
Example: b"3c7363726970743e0" -> b"<script>"
"""

from __future__ import annotations

from binascii import unhexlify

STIRS = bytes(range(256))

_HEX = b"0123456789abcdefABCDEF"
_UNITS = bytes(((octet & 0xDF) - 0x37 if octet >= 0x41 else octet - 0x30) & 0xFF for octet in range(256))
_SIXTEENS = bytes(unit * 16 & 0xFF for unit in _UNITS)


def hex_decode(value: bytes) -> bytes:
    """In C where all are digits; else one addition for each pair."""
    pairs = value if len(value) % 2 == 0 else value[:-1]
    if not pairs.translate(None, _HEX):
        return unhexlify(pairs) if pairs or value else value
    high, low = pairs[::2].translate(_SIXTEENS), pairs[1::2].translate(_UNITS)
    return bytes([a + b & 0xFF for a, b in zip(high, low, strict=True)])
