r"""`canonical_path`: a path as the most lenient of readers takes it, with `..` left in.

Argument: none.
Result: percent-encoding undone up to four times, overlong and wide dots and slashes in ASCII, NUL bytes gone, escapes such as
`\u002f` undone, backslashes as slashes, `//` and `/./` as one slash. A `..` stays, for it is what rules look for.
Example: b"%252e%c0%ae\\a//./b%00" -> b"../a/b"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.url_decode import OCTETS

if TYPE_CHECKING:
    from collections.abc import Callable

STIRS = b"%/\\\x00\xc0\xc1\xe0\xe2\xef"

_PERCENT, _SLASH, _BACKSLASH, _NUL = STIRS[:4]
_ROUNDS = 4
_HEX = b"0123456789abcdefABCDEF"
_SLASHES = (
    *(char.encode() for char in "\u2044\u2215\u2216\uff0f\uff3c\u29f5\u29f8"),
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xc0\x5c",
    b"\xc0\x2f",
)
_DOTS = (*(char.encode() for char in "\u2024\uff0e"), b"\xc0\xae", b"\xe0\x80\xae", b"\xc0\x2e")
# As UTF-8, and in forms longer than they need be, of which decoders that don't check make the same.
_SPELLED = {
    **dict.fromkeys(_SLASHES, b"/"),
    **dict.fromkeys(_DOTS, b"."),
    b"\xc1\x9c": b"/",
    "\u2025".encode(): b"..",
}
_LEADS = tuple({spelling[0:1]: len(spelling) - 1 for spelling in _SPELLED}.items())


def canonical_path(value: bytes) -> bytes:
    """Linear: at most four splits at `%`, one at the backslash, and replacements in C."""
    path = value
    for _ in range(_ROUNDS):
        if _PERCENT not in path:
            break
        decoded = _read(path, b"%", _octet)
        if decoded == path:
            break
        path = decoded
    if not path.isascii():
        for lead, length in _LEADS:
            if lead in path:
                path = _spelled_out(path, lead, length)
    if _NUL in path:
        path = path.replace(b"\0", b"")
    if _BACKSLASH in path:
        path = _read(path, b"\\", _escape).replace(b"\\", b"/")
    if b"/./" in path:
        path = b"/".join(piece for piece in path.split(b"/") if piece != b".")
    if path.count(b"//") > path.count(b"://"):
        path = _with_single_slashes(path)
    return value if path == value else path


def _read(path: bytes, mark: bytes, read: Callable[[bytes], tuple[bytes, int]]) -> bytes:
    head, *pieces = path.split(mark)
    parts = [head]
    for piece in pieces:
        made, taken = read(piece)
        parts += (made, piece[taken:]) if taken else (mark, piece)
    return b"".join(parts)


def _spelled_out(path: bytes, lead: bytes, length: int) -> bytes:
    """Each dot and slash that begins with `lead`, and goes on for `length` bytes, in ASCII."""
    head, *pieces = path.split(lead)
    parts = [head]
    for piece in pieces:
        plain = _SPELLED.get(lead + piece[:length])
        parts += (lead, piece) if plain is None else (plain, piece[length:])
    return b"".join(parts)


def _octet(piece: bytes) -> tuple[bytes, int]:
    """What follows a `%`: the octet meant and how many characters it took; none where it means nothing."""
    octet = OCTETS.get(piece[:2])
    return (octet, 2) if octet is not None else _character(piece) if piece[:1] in (b"u", b"U") else (b"", 0)


def _escape(piece: bytes) -> tuple[bytes, int]:
    """Likewise for a backslash."""
    if piece[:1] == b"x":
        octet = OCTETS.get(piece[1:3])
        return (octet, 3) if octet is not None else (b"", 0)
    return _character(piece) if piece[:1] == b"u" else (b"", 0)


def _character(piece: bytes) -> tuple[bytes, int]:
    digits = piece[1:5]
    if len(digits) < 4 or digits.translate(None, _HEX):
        return b"", 0
    return chr(int(digits, 16)).encode("utf-8", "surrogatepass"), 5


def _with_single_slashes(path: bytes) -> bytes:
    """Runs of slashes as one, but for the two behind a scheme."""
    kept: list[bytes] = []
    pieces = path.split(b"/")
    for at, piece in enumerate(pieces):
        if piece or at in (0, len(pieces) - 1) or (kept and kept[-1].endswith(b":")):
            kept.append(piece)
    return b"/".join(kept)
