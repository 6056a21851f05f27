r"""`css_decode`: CSS escapes undone: a backslash with one to six hex digits and one white space, or with any character.

Argument: none.
Result: the text a style sheet's reader sees; a backslash before a line feed or at the end goes with it.
Example: b"j\\61 v\\000061script\\:" -> b"javascript:"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.backslashes import undone

if TYPE_CHECKING:
    from collections.abc import Callable

STIRS = b"\\"

_HEX = b"0123456789abcdefABCDEF"


def css_decode(value: bytes) -> bytes:
    """See `undone`."""
    return undone(value, _escape, b"")


def _escape(piece: bytes) -> bytes:
    return escape_of(piece, _encoded)


def escape_of(piece: bytes, spelled: Callable[[int], bytes]) -> bytes:
    """What stands behind a backslash, with its number as `spelled` has it. At most seven bytes are read."""
    head = piece[:6]
    digits = head[: len(head) - len(head.lstrip(_HEX))]
    if not digits:
        return piece.removeprefix(b"\n")
    rest = piece[len(digits) :]
    return spelled(int(digits, 16)) + (rest[1:] if rest[:1].isspace() else rest)


def _encoded(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""
