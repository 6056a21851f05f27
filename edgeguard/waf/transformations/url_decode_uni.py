"""`url_decode_uni`: percent-encoding undone once, with the `%uXXXX` of old IIS and JavaScript's `escape`.

Argument: none.
Result: as `url_decode`; a `%uXXXX` becomes UTF-8, and ASCII where it is a full-width form.
Example: b"%u003cscript%3e %uff1c" -> b"<script> <"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.url_decode import OCTETS

if TYPE_CHECKING:
    from collections.abc import Callable

STIRS = b"%+"

_PERCENT, _PLUS = STIRS
_HEX = b"0123456789abcdefABCDEF"
_U = (b"u", b"U")


def url_decode_uni(value: bytes) -> bytes:
    """See `percent_decoded`."""
    return percent_decoded(value, _encoded)


def percent_decoded(value: bytes, spelled: Callable[[int], bytes]) -> bytes:
    """`value` with `+`, `%XX` and `%uXXXX` undone, where `spelled` says what the last is. Linear: one split at `%`."""
    if _PLUS in value:
        value = value.replace(b"+", b" ")
    if _PERCENT not in value:
        return value
    head, *pieces = value.split(b"%")
    parts = [head]
    changed = False
    for piece in pieces:
        octet = OCTETS.get(piece[:2])
        if octet is not None:
            changed = True
            parts += (octet, piece[2:])
        elif piece[:1] in _U and len(digits := piece[1:5]) == 4 and not digits.translate(None, _HEX):
            changed = True
            parts += (spelled(int(digits, 16)), piece[5:])
        else:
            parts += (b"%", piece)
    return b"".join(parts) if changed else value


def _encoded(code: int) -> bytes:
    if 0xFF01 <= code <= 0xFF5E:
        code -= 0xFEE0
    return chr(code).encode("utf-8", "surrogatepass")
