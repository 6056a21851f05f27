r"""`url_decode`: percent-encoding undone once, `+` read as a space.

Argument: none.
Result: the decoded bytes; a `%` that two hex digits don't follow stays.
Example: b"a%27+or%201%" -> b"a\' or 1%"
"""

from __future__ import annotations

STIRS = b"%+"

_PERCENT, _PLUS = STIRS
_HEX = "0123456789abcdefABCDEF"
OCTETS = {(a + b).encode(): bytes([int(a + b, 16)]) for a in _HEX for b in _HEX}


def url_decode(value: bytes) -> bytes:
    """Linear: one split at `%`, one look-up for each piece."""
    if _PLUS in value:
        value = value.replace(b"+", b" ")
    if _PERCENT not in value:
        return value
    head, *pieces = value.split(b"%")
    parts = [head]
    changed = False
    for piece in pieces:
        octet = OCTETS.get(piece[:2])
        if octet is None:
            parts.append(b"%" + piece)
        else:
            changed = True
            parts.append(octet + piece[2:])
    return b"".join(parts) if changed else value
