"""Content-Encoding undone, within a bound on what comes out."""

from __future__ import annotations

import zlib

import brotli
import zstandard

from edgeguard.waf.bodies.content import Unreadable

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_WINDOW = 8 * 1024 * 1024  # of zstd: what RFC 9659 lets a sender use; memory that one request may take
_LAYERS = 2  # of a response: an origin's own, and one of something before it


def decompress(content: bytes, encoding: bytes | None, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes of the content, and whether that was all of it.

    Raises:
        Unreadable: an encoding that is not known, is applied twice, or is broken.
    """
    name = (encoding or b"").strip().lower()
    if name in (b"", b"identity"):
        return content, True
    undo = _ENCODINGS.get(name)
    if undo is None:
        raise Unreadable("content encoding not taken")
    return undo(content, most)


def response_text(content: bytes, encoding: bytes | None, most: int) -> tuple[bytes, bool]:
    """A response body as its reader sees it: at most `most` bytes, and whether that is all.

    What cannot be undone comes as it is, and counts as incomplete: an origin is no enemy, and its client can't read it either.

    Args:
        content: as sent, or its beginning.
        encoding: Content-Encoding.
        most: bytes, of each layer too.
    """
    complete = True
    layers = [layer for layer in (encoding or b"").split(b",") if layer.strip()]
    if len(layers) > _LAYERS:
        return content[:most], False
    for layer in reversed(layers):
        try:
            content, whole = decompress(content, layer, most)
        except Unreadable:
            return content[:most], False
        complete = complete and whole
    return content[:most], complete and len(content) <= most


def _gzip(content: bytes, most: int) -> tuple[bytes, bool]:
    try:
        return _inflate(content, _GZIP_OR_ZLIB, most)
    except zlib.error:
        raise Unreadable("content does not decompress") from None


def _deflate(content: bytes, most: int) -> tuple[bytes, bool]:
    try:
        return _inflate(content, _GZIP_OR_ZLIB, most)
    except zlib.error:
        pass
    try:
        return _inflate(content, -zlib.MAX_WBITS, most)  # some peers send deflate without zlib's frame
    except zlib.error:
        raise Unreadable("content does not decompress") from None


def _inflate(content: bytes, window: int, most: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    plain = stream.decompress(content, most)
    if stream.unused_data:
        raise Unreadable("something follows the compressed content")
    return plain, stream.eof


def _brotli(content: bytes, most: int) -> tuple[bytes, bool]:
    """Brotli gives some 32 KiB at a time at the least, and refuses what follows the end."""
    stream = brotli.Decompressor()
    pieces: list[bytes] = []
    left = most
    waiting = content
    try:
        while left > 0:
            piece = stream.process(waiting, output_buffer_limit=left)
            waiting = b""
            pieces.append(piece)
            left -= len(piece)
            if not piece or stream.is_finished():
                break
    except brotli.error:
        raise Unreadable("content does not decompress") from None
    return b"".join(pieces)[:most], stream.is_finished() and left >= 0


def _zstd(content: bytes, most: int) -> tuple[bytes, bool]:
    """Read to the bound first, for only that read is bounded; then, where all of it fits, see how it ends."""
    source = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    try:
        plain = source.stream_reader(content, read_across_frames=False).read(most + 1)
        if len(plain) > most:
            return plain[:most], False
        ending = source.decompressobj(read_across_frames=False)
        ending.decompress(content)
    except zstandard.ZstdError:
        raise Unreadable("content does not decompress") from None
    if ending.unused_data:
        raise Unreadable("something follows the compressed content")
    return plain, ending.eof


_ENCODINGS = {b"gzip": _gzip, b"x-gzip": _gzip, b"deflate": _deflate, b"br": _brotli, b"zstd": _zstd}
CODINGS = frozenset((*_ENCODINGS, b"identity"))
"""All that can be undone."""
