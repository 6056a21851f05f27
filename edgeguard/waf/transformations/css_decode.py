r"""`css_decode`: CSS escapes undone: a backslash with one to six hex digits and one white space, or with any character.

Argument: none.
Result: the text a style sheet's reader sees.
Example: b"j\\61 v\\000061script\\:" -> b"javascript:"
"""

from __future__ import annotations

STIRS = b"\\"


def css_decode(value: bytes) -> bytes:
    """Linear: one split at the backslash; at most seven bytes of each piece are read."""
    if b"\\" not in value:
        return value
    pieces = value.split(b"\\")
    return b"".join([pieces[0], *map(_escape, pieces[1:])])


def _escape(piece: bytes) -> bytes:
    head = piece[:6]
    digits = head[: len(head) - len(head.lstrip(b"0123456789abcdefABCDEF"))]
    if not digits:
        return piece
    rest = piece[len(digits) :]
    if rest[:1].isspace():
        rest = rest[1:]
    code = int(digits, 16)
    return (chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b"") + rest
