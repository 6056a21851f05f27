"""Decoders for the three ways in which a message's content is framed (RFC 9112, sections 6 and 7). No I/O.

Every decoder has `decode(data) -> (content, rest)`: `rest` is None while more is to come, and what follows the message once it is
complete. Content is given on as soon as it is there; nothing but an unfinished chunk header is ever held.
"""

from __future__ import annotations

from edgeguard.wire.grammar import HEX_DIGITS, VALUE, FramingError, field_name

# A chunk header is a few hex digits. Extensions are allowed by RFC 9112 and used by nobody; Go, Node and hyper bound them too.
CHUNK_LINE = 256
# Trailers are dropped, as RFC 9110, section 6.5.1 permits, so that no field slips past inspection.
TRAILER_BYTES = 4096
# Said this late, they would be another reading of the message (RFC 9110, section 6.5.1); nobody means well by them.
_NO_TRAILERS = frozenset((b"content-length", b"transfer-encoding", b"host"))
# Chunks of a byte each make a parser work far harder than their sender. After so many, they must average so many octets.
CHUNKS_FREE = 4096
CHUNK_AVERAGE = 16


class LengthDecoder:
    """Content of a known length.

    Args:
        length: octets to come, at least 1.
    """

    __slots__ = ("left",)

    def __init__(self, length: int) -> None:
        self.left = length

    def decode(self, data: bytes) -> tuple[bytes, bytes | None]:
        """See the module; never raises."""
        size = len(data)
        if size < self.left:
            self.left -= size
            return data, None
        content, rest = data[: self.left], data[self.left :]
        self.left = 0
        return content, rest


class CloseDecoder:
    """Content that ends with the connection; for responses only. It is never complete by itself."""

    __slots__ = ()

    def decode(self, data: bytes) -> tuple[bytes, bytes | None]:
        """See the module; never raises."""
        return data, None


class ChunkedDecoder:
    """The chunked coding, read to the letter: hex digits only, CRLF only, bounded extensions and trailers.

    Args:
        strict_average: refuse long runs of tiny chunks; for clients, not for an origin that streams events.
    """

    __slots__ = ("_chunks", "_content", "_held", "_left", "_state", "_strict", "_trailer")

    # The states, each the name of what comes next.
    _SIZE, _DATA, _DATA_END, _TRAILER = range(4)

    def __init__(self, *, strict_average: bool = True) -> None:
        self._state = self._SIZE
        self._held = b""
        self._left = 0
        self._trailer = 0
        self._chunks = 0
        self._content = 0
        self._strict = strict_average

    def decode(self, data: bytes) -> tuple[bytes, bytes | None]:
        """See the module.

        Raises:
            FramingError: the coding is broken, or a bound is passed.
        """
        if self._held:
            data, self._held = self._held + data, b""
        content: list[bytes] = []
        at, size = 0, len(data)
        while at < size:
            if self._state == self._DATA:
                piece = data[at : at + self._left]
                content.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left == 0:
                    self._state = self._DATA_END
                continue
            end = data.find(b"\r\n", at, at + CHUNK_LINE + 2)
            if end < 0:
                self._hold(data[at:])
                break
            line, at = data[at:end], end + 2
            if self._state == self._SIZE:
                self._size(line)
            elif self._state == self._DATA_END:
                if line:
                    raise FramingError("bad-chunk-end")
                self._state = self._SIZE
            elif self._trailer_ends(line):
                return b"".join(content), data[at:]
        return b"".join(content), None

    def _hold(self, tail: bytes) -> None:
        """Keep the beginning of a line; refuse at once what can't become one."""
        if len(tail) > CHUNK_LINE + 1 or (self._state == self._DATA_END and not b"\r\n".startswith(tail)):
            raise FramingError("bad-chunk-header" if self._state == self._SIZE else "bad-chunk-end")
        if tail.removesuffix(b"\r").translate(None, VALUE):
            raise FramingError("control-in-chunk-header")
        self._held = tail

    def _size(self, line: bytes) -> None:
        digits, _, extension = line.partition(b";")
        if not digits or len(digits) > 15 or digits.translate(None, HEX_DIGITS) or extension.translate(None, VALUE):
            raise FramingError("bad-chunk-header")
        self._left = int(digits, 16)
        self._chunks += 1
        self._content += self._left
        if self._strict and self._chunks > CHUNKS_FREE and self._content < CHUNK_AVERAGE * self._chunks:
            raise FramingError("tiny-chunks")
        self._state = self._DATA if self._left else self._TRAILER

    def _trailer_ends(self, line: bytes) -> bool:
        self._trailer += len(line)
        if self._trailer > TRAILER_BYTES:
            raise FramingError("long-trailer")
        if not line:
            return True
        name, colon, value = line.partition(b":")
        if not colon or field_name(name) in _NO_TRAILERS or value.translate(None, VALUE):
            raise FramingError("bad-trailer")
        return False


Decoder = LengthDecoder | ChunkedDecoder | CloseDecoder
