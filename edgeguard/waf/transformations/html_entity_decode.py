r"""`html_entity_decode`: HTML character references undone: decimal, hexadecimal, and the names that attacks need.

Argument: none.
Result: the text a browser sees; unknown references stay. A missing semicolon is forgiven, as browsers do.
Example: b"&#106;ava&Tab;script&colon;&#x0061&lt;" -> b"java\tscript:a<"
"""

from __future__ import annotations

STIRS = b"&"

_AMPERSAND = ord("&")
_DIGITS = b"0123456789"
_HEX = b"0123456789abcdefABCDEF"
_NAMES = {
    b"lt": b"<", b"LT": b"<", b"gt": b">", b"GT": b">", b"amp": b"&", b"AMP": b"&", b"quot": b'"', b"QUOT": b'"',
    b"apos": b"'", b"nbsp": b"\xc2\xa0", b"Tab": b"\t", b"NewLine": b"\n", b"colon": b":", b"semi": b";",
    b"lpar": b"(", b"rpar": b")", b"sol": b"/", b"bsol": b"\\", b"period": b".", b"comma": b",", b"excl": b"!",
    b"equals": b"=", b"grave": b"`", b"lbrack": b"[", b"lsqb": b"[", b"rsqb": b"]", b"lcub": b"{", b"lbrace": b"{",
    b"rcub": b"}", b"num": b"#", b"dollar": b"$", b"percnt": b"%", b"plus": b"+", b"ast": b"*", b"vert": b"|",
    b"lowbar": b"_", b"commat": b"@", b"quest": b"?",
}  # fmt: skip
_BARE = (b"lt", b"LT", b"gt", b"GT", b"amp", b"AMP", b"quot", b"QUOT", b"nbsp")  # those HTML reads without a semicolon
_USUAL = {
    spelling.encode(): bytes([code])
    for code in range(128)
    for spelling in (f"#{code}", f"#{code:03}", f"#x{code:02x}", f"#x{code:02X}")
}
_STARTS = frozenset(name[:1] for name in _NAMES)
_LONGEST = max(map(len, _NAMES))


def html_entity_decode(value: bytes) -> bytes:
    """Linear: one split at `&`; digits are counted before they are read, so that no number is long."""
    if _AMPERSAND not in value:
        return value
    head, *pieces = value.split(b"&")
    parts = [head]
    changed = False
    for piece in pieces:
        first = piece[:1]
        decoded = _numbered(piece) if first == b"#" else _named(piece) if first in _STARTS else None
        if decoded is None:
            parts.append(b"&" + piece)
        else:
            changed = True
            parts.append(decoded)
    return b"".join(parts) if changed else value


def _numbered(piece: bytes) -> bytes | None:
    end = piece.find(b";", 0, 8)
    usual = _USUAL.get(piece[:end])
    if usual is not None:
        return usual + piece[end + 1 :]
    is_hex = piece[1:2] in (b"x", b"X")
    rest = piece[2:] if is_hex else piece[1:]
    tail = rest.lstrip(_HEX if is_hex else _DIGITS)
    length = len(rest) - len(tail)
    digits = rest[:length].lstrip(b"0")
    if not length or len(digits) > 7:
        return None
    code = int(digits or b"0", 16 if is_hex else 10)
    if code > 0x10FFFF:
        return None
    return chr(code).encode("utf-8", "surrogatepass") + tail.removeprefix(b";")


def _named(piece: bytes) -> bytes | None:
    end = piece.find(b";", 0, _LONGEST + 1)
    if end > 0:
        char = _NAMES.get(piece[:end])
        return None if char is None else char + piece[end + 1 :]
    for name in _BARE:
        if piece.startswith(name):
            return _NAMES[name] + piece[len(name) :]
    return None
