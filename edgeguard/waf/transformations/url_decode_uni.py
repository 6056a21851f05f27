"""`url_decode_uni`: percent-encoding undone once, with the `%uXXXX` of old IIS and JavaScript's `escape`.

Argument: none.
Result: as `url_decode`; a `%uXXXX` becomes UTF-8, and ASCII where it is a full-width form.
Example: b"%u003cscript%3e %uff1c" -> b"<script> <"
"""

from __future__ import annotations

from edgeguard.waf.transformations.url_decode import url_decode

STIRS = b"%+"

_HEX = b"0123456789abcdefABCDEF"
_U = (b"u", b"U")


def url_decode_uni(value: bytes) -> bytes:
    """Linear: `%u` first, then what `url_decode` does."""
    if b"%u" not in value and b"%U" not in value:
        return url_decode(value)
    head, *pieces = value.split(b"%")
    parts = [url_decode(head)]
    for piece in pieces:
        digits = piece[1:5]
        if piece[:1] in _U and len(digits) == 4 and not digits.translate(None, _HEX):
            parts.append(_encoded(int(digits, 16)))
            parts.append(url_decode(piece[5:]))
        else:
            parts.append(url_decode(b"%" + piece))
    decoded = b"".join(parts)
    return value if decoded == value else decoded


def _encoded(code: int) -> bytes:
    if 0xFF01 <= code <= 0xFF5E:
        code -= 0xFEE0
    return chr(code).encode("utf-8", "surrogatepass")
