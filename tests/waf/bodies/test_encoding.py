from __future__ import annotations

import gzip
import zlib

import pytest

from edgeguard.waf.bodies.content import Unparsable
from edgeguard.waf.bodies.encoding import decompress


@pytest.mark.parametrize("encoding", [None, b"", b"identity", b" Identity "])
def test_nothing_to_undo(encoding: bytes | None) -> None:
    assert decompress(b"abc", encoding, 10) == (b"abc", True)


def test_gzip_and_both_kinds_of_deflate() -> None:
    raw = zlib.compressobj(wbits=-15)
    assert decompress(gzip.compress(b"abc"), b"GZIP", 10) == (b"abc", True)
    assert decompress(zlib.compress(b"abc"), b"deflate", 10) == (b"abc", True)
    assert decompress(raw.compress(b"abc") + raw.flush(), b"deflate", 10) == (b"abc", True)


def test_a_bomb_is_cut_at_the_bound() -> None:
    plain, complete = decompress(gzip.compress(b"a" * 10_000_000), b"gzip", 1000)
    assert len(plain) == 1000
    assert not complete


@pytest.mark.parametrize("encoding", [b"br", b"gzip, gzip", b"zstd", b"gzip;q=1"])
def test_others_are_refused(encoding: bytes) -> None:
    with pytest.raises(Unparsable, match="not taken"):
        decompress(b"abc", encoding, 10)


@pytest.mark.parametrize("content", [b"abc", gzip.compress(b"a")[:-9] + b"xxxxxxxxx"])
def test_broken_content_is_refused(content: bytes) -> None:
    with pytest.raises(Unparsable):
        decompress(content, b"gzip", 10)


def test_what_follows_the_end_is_refused() -> None:
    with pytest.raises(Unparsable, match="follows"):
        decompress(gzip.compress(b"a") + gzip.compress(b"b"), b"gzip", 10)
