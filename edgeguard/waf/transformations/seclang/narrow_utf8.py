r"""What `utf8toUnicode` and then `urlDecodeUni` make of a value, in one step: each character beyond ASCII as one byte.

The two are as good as always asked for together. Apart, the first spells every such character in six bytes, of which the
second then makes one again: 400 ns for each letter of most of the world's languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.seclang.narrow import narrow
from edgeguard.waf.transformations.seclang.url_decode_uni import url_decode_uni
from edgeguard.waf.transformations.url_decode import OCTETS
from edgeguard.waf.transformations.utf8_to_unicode import utf8_to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BEYOND_ASCII = 0x80
_LAST = "\uffff"

# High bytes of UTF-16 units whose low byte is all that is kept. Halves of pairs are spelt longer, and full-width forms differ.
_PLAIN = bytes(octet for octet in range(256) if not 0xD8 <= octet <= 0xDF and octet != 0xFF)


class NarrowUtf8:
    """Both steps; linear, and in C for nearly all text.

    Args:
        decode: the second step.
        mapping: the bytes that it has for code points beyond their low ones.
    """

    __slots__ = ("_decode", "_known", "_mapped")

    def __init__(self, decode: Callable[[bytes], bytes], mapping: Mapping[int, bytes]) -> None:
        self._decode = decode
        self._mapped = {chr(code) for code in mapping if code >= _BEYOND_ASCII}
        self._known = _Known(mapping)

    def __call__(self, value: bytes) -> bytes:
        """What `decode(utf8_to_unicode(value))` is."""
        if not value.isascii() and 0 not in value:
            plain = value.replace(b"+", b" ")
            made = self._narrow(plain) if b"%" not in value else self._decoded(plain)
            if made is not None:
                return made
        return self._decode(utf8_to_unicode(value))

    def _decoded(self, value: bytes) -> bytes | None:
        """With what is percent-encoded undone, which is ASCII: between these pieces characters stay whole."""
        head, *pieces = value.split(b"%")
        parts: list[bytes | None] = [self._narrow(head)]
        for piece in pieces:
            octet = OCTETS.get(piece[:2])
            if octet is not None:
                parts += (octet, self._narrow(piece[2:]))
            elif piece[:1] in (b"u", b"U"):
                return None
            else:
                parts += (b"%", self._narrow(piece))
        whole = [part for part in parts if part is not None]
        return b"".join(whole) if len(whole) == len(parts) else None

    def _narrow(self, piece: bytes) -> bytes | None:
        """A byte for each character; None where it is not as simple as that."""
        if piece.isascii():
            return piece
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return None
        if self._mapped.isdisjoint(text):
            wide = text.encode("utf-16-le")
            if not wide[1::2].translate(None, _PLAIN):
                return wide[::2]
        if max(text) > _LAST:
            return None
        return text.translate(self._known).encode("latin-1")


class _Known(dict[int, int]):
    """The byte for each code point up to U+FFFF, noted when it is first met."""

    def __init__(self, mapping: Mapping[int, bytes]) -> None:
        super().__init__((code, code) for code in range(_BEYOND_ASCII))
        self._mapping = mapping

    def __missing__(self, code: int) -> int:
        self[code] = found = ord(self._mapping.get(code) or narrow(code))
        return found


narrow_utf8 = NarrowUtf8(url_decode_uni, {})
