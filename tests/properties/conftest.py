"""How long hypothesis looks; the requests that the wire's properties start from, and ways to spoil them."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st

settings.register_profile("edgeguard", max_examples=150, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("edgeguard")

# Valid requests with everything that a head or a body can have.
_REQUESTS = (
    b"GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    b"HEAD http://B:81/x?y HTTP/1.1\r\nhost: a\r\nX:\r\nX-Y: a  b \xe9\t\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /p HTTP/1.1\r\nContent-Length: 34\r\nHost: a\r\n\r\nGET /q HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
    b"PUT /%2e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n03;c="d"\r\nllo\r\n0\r\nX: y\r\n\r\n',
    b"DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
)
# What attackers put between two parsers.
_SPOILS = (
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"\r\r\n", b" ", b"  ", b"\t", b"\x0b", b"\x0c", b"\x00", b"\x7f",
    b"\x85", b"\xa0", b"\xff", b":", b";",
    b",", b"0", b"5", b"00", b"0x", b"+", b"-", b"_", b"a", b"#", b"%", b"%00", b"\\", b"/", b"//", b"*", b"?", b"@",
    b"http://", b"http://c",
    b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2.0", b"\r\n ", b"\r\n\t", b" :", b"chunked", b", chunked", b"identity", b"close",
    b"\r\nContent-Length: 5", b"\r\nContent-Length: 0", b"\r\nTransfer-Encoding: chunked", b"\r\ntransfer-encoding:\tchunked",
    b"\r\nTransfer-Encoding: x", b"\r\nTransfer_Encoding: chunked", b"\r\nHost: b", b"\r\nConnection: Content-Length",
    b"\r\nExpect: x",
    b"0\r\n\r\n", b"5\r\n", b"\r\n0\r\n", b"\r\nX: y", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip

_streams = st.lists(st.sampled_from(_REQUESTS), min_size=1, max_size=3).map(b"".join)
_changes = st.tuples(
    st.sampled_from(("insert", "replace", "delete", "double", "upper")), st.integers(0, 1 << 16), st.sampled_from(_SPOILS)
)


def _spoil(stream: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for kind, place, piece in changes:
        at = place % (len(stream) + 1)
        size = len(piece)
        before, hit, after = stream[:at], stream[at : at + size], stream[at + size :]
        if kind == "insert":
            stream = before + piece + hit + after
        elif kind == "replace":
            stream = before + piece + after
        elif kind == "delete":
            stream = before + after
        elif kind == "double":
            stream = before + hit + hit + after
        else:
            stream = before + hit.swapcase() + after
    return stream


@pytest.fixture(scope="session")
def requests() -> tuple[bytes, ...]:
    """Valid requests, each with its body."""
    return _REQUESTS


@pytest.fixture(scope="session")
def near_misses() -> st.SearchStrategy[bytes]:
    """Streams of valid requests, spoilt in up to three places."""
    return st.builds(_spoil, _streams, st.lists(_changes, max_size=3))
