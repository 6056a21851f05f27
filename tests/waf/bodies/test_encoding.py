from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from edgeguard.waf.bodies.content import Unparsable, Unreadable
from edgeguard.waf.bodies.encoding import decompress, response_text

PACKED = {
    b"gzip": gzip.compress(b"abc" * 1000),
    b"deflate": zlib.compress(b"abc" * 1000),
    b"br": brotli.compress(b"abc" * 1000),
    b"zstd": zstandard.compress(b"abc" * 1000),
}


@pytest.mark.parametrize("encoding", [None, b"", b"identity", b" Identity "])
def test_nothing_to_undo(encoding: bytes | None) -> None:
    assert decompress(b"abc", encoding, 10) == (b"abc", True)


def test_gzip_and_both_kinds_of_deflate() -> None:
    raw = zlib.compressobj(wbits=-15)
    assert decompress(gzip.compress(b"abc"), b"GZIP", 10) == (b"abc", True)
    assert decompress(zlib.compress(b"abc"), b"deflate", 10) == (b"abc", True)
    assert decompress(raw.compress(b"abc") + raw.flush(), b"deflate", 10) == (b"abc", True)


@pytest.mark.parametrize("encoding", PACKED)
def test_each_encoding_is_undone_whole_and_in_part(encoding: bytes) -> None:
    assert decompress(PACKED[encoding], encoding.upper(), 3000) == (b"abc" * 1000, True)
    assert decompress(PACKED[encoding], encoding, 100_000) == (b"abc" * 1000, True)
    assert decompress(PACKED[encoding], encoding, 2999) == ((b"abc" * 1000)[:2999], False)


@pytest.mark.parametrize("encoding", PACKED)
def test_a_beginning_is_undone_and_known_to_be_one(encoding: bytes) -> None:
    plain, complete = decompress(PACKED[encoding][:-1], encoding, 100_000)
    assert (b"abc" * 1000).startswith(plain)
    assert not complete


@pytest.mark.parametrize(
    ("bomb", "encoding"),
    [
        (gzip.compress(bytes(10_000_000)), b"gzip"),
        (brotli.compress(bytes(100_000_000), quality=5), b"br"),
        (zstandard.compress(bytes(100_000_000)), b"zstd"),
    ],
)
def test_a_bomb_is_cut_at_the_bound(bomb: bytes, encoding: bytes) -> None:
    plain, complete = decompress(bomb, encoding, 1000)
    assert plain == bytes(1000)
    assert not complete


def test_a_window_that_takes_too_much_memory_is_refused() -> None:
    wide = zstandard.ZstdCompressor(compression_params=zstandard.ZstdCompressionParameters(window_log=25, enable_ldm=False))
    stream = wide.compressobj()
    with pytest.raises(Unreadable):
        decompress(stream.compress(b"a" * 100) + stream.flush(), b"zstd", 1000)


@pytest.mark.parametrize("encoding", [b"compress", b"gzip, gzip", b"br, br", b"gzip;q=1"])
def test_others_are_refused(encoding: bytes) -> None:
    with pytest.raises(Unparsable, match="not taken"):
        decompress(b"abc", encoding, 10)


@pytest.mark.parametrize("content", [b"abc", gzip.compress(b"a")[:-9] + b"xxxxxxxxx"])
def test_broken_content_is_refused(content: bytes) -> None:
    with pytest.raises(Unparsable):
        decompress(content, b"gzip", 10)


@pytest.mark.parametrize("encoding", PACKED)
def test_what_follows_the_end_is_refused(encoding: bytes) -> None:
    with pytest.raises(Unreadable):
        decompress(PACKED[encoding] * 2, encoding, 100_000)


@pytest.mark.parametrize("encoding", [b"deflate", b"br", b"zstd"])
def test_broken_content_of_the_others_is_refused(encoding: bytes) -> None:
    with pytest.raises(Unreadable):
        decompress(b"\xff\xfe\xfd\xfc\xfb\xfa", encoding, 10)


def test_a_response_is_undone_layer_by_layer() -> None:
    assert response_text(b"abc", None, 10) == (b"abc", True)
    assert response_text(b"abc", None, 2) == (b"ab", False)
    assert response_text(PACKED[b"br"], b"br", 5000) == (b"abc" * 1000, True)
    assert response_text(PACKED[b"br"][:-2], b"br", 5000)[1] is False
    assert response_text(brotli.compress(PACKED[b"gzip"]), b"gzip, br", 5000) == (b"abc" * 1000, True)


@pytest.mark.parametrize("encoding", [b"unknown", b"gzip", b"gzip, gzip, gzip"])
def test_a_response_that_cannot_be_undone_comes_as_it_is(encoding: bytes) -> None:
    assert response_text(b"abcdef", encoding, 4) == (b"abcd", False)
