from __future__ import annotations

import pytest

from edgeguard.gateway.codings import readable
from edgeguard.message import Headers


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate, br, zstd"),
        (b"GZIP;q=0.5, dcb, dcz, identity;q=0", b"gzip;q=0.5, identity;q=0"),
        (b"*", b"identity"),
        (b"compress", b"identity"),
        (b"", b"identity"),
    ],
)
def test_only_what_can_be_undone_is_asked_for(said: bytes, asked: bytes) -> None:
    assert readable(Headers([(b"accept-encoding", said), (b"a", b"b")])).get(b"accept-encoding") == asked


def test_fields_that_need_no_change_are_the_same() -> None:
    for headers in (Headers([(b"a", b"b")]), Headers([(b"accept-encoding", b"gzip")])):
        assert readable(headers) is headers
