"""Content-Encoding of requests undone, within a bound."""

from __future__ import annotations

import zlib

from edgeguard.waf.bodies.content import Unreadable

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def decompress(content: bytes, encoding: bytes | None, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes of the content, and whether that was all of it.

    Raises:
        Unreadable: an encoding that is not known, is applied twice, or is broken.
    """
    name = (encoding or b"").strip().lower()
    if name in (b"", b"identity"):
        return content, True
    if name not in (b"gzip", b"x-gzip", b"deflate"):
        raise Unreadable("content encoding not taken")
    try:
        return _inflate(content, _GZIP_OR_ZLIB, most)
    except zlib.error:
        if name != b"deflate":
            raise Unreadable("content does not decompress") from None
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
