from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.inner_address import inner
from edgeguard.waf.detectors.url_hosts import GATE, places
from edgeguard.waf.gate import Gate

_GATE = Gate(GATE)
_PIECES = [
    "http:", "https:", "//", "/", "\\", "@", "#", "?", ":", "127.0.0.1", "localhost", "[::1]", "169.254.169.254",
    "x.example", "url:", "url=", " ", "\t", "\n", "'", "(", "0x7f.1", "0177.0.0.1", "10.0.0.1", "metadata",
    ".internal", ".nip.io", "a", "1", ".", "-", "%31", "&", "::", "jar:", "\x00", "80",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "hosts"),
    [
        (b"http://a.example/x", [b"a.example"]),
        (b"  'HTTP://a.example:80", [b"a.example"]),
        (b"//a.example", [b"a.example"]),
        (b"/\\a.example", [b"a.example"]),
        (b"ht\ttp:/\n/a.example", [b"a.example"]),
        (b"http:a.example/x", [b"a.example"]),
        (b"url:http://a.example", [b"a.example"]),
        (b"jar:http://a.example!/", [b"a.example!"]),
        (b"http://[::1]:80/", [b"[::1]"]),
        (b"http://u:p@a.example/", [b"a.example", b"u", b"a.example"]),
        (b"http://b.example\\@a.example/", [b"a.example", b"b.example", b"a.example"]),
        (b"http://a.example#@b.example/", [b"a.example", b"a.example", b"b.example"]),
        (b"url: http://a.example", [b"a.example"]),
        (b"url=http://a.example", [b"a.example"]),
        (b"C:\\Users\\ann", []),
        (b"feed:rss", []),
        (b"http: the basics", []),
        (b"127.0.0.1:6379", [b"127.0.0.1"]),
        (b"localhost/admin", [b"localhost"]),
        (b"127.1/x", [b"127.1"]),
        (b"127.1", []),
        (b"10.15.7", []),
        (b"2130706433", []),
        (b"a.example", []),
        (b"see http://a.example", []),
        (b"note: localhost", []),
        (b"localhost is where it runs", []),
        (b"http://localhost does not answer", []),
        (b"metadata", []),
        (b"metadata:80", [b"metadata"]),
        (b"", []),
    ],
)
def test_finds_where_a_value_may_lead(value: bytes, hosts: list[bytes]) -> None:
    assert [place.host for place in places(value)] == hosts


def test_tells_a_url_from_a_host_and_what_follows() -> None:
    (url,) = places(b"http://localhost/")
    (host,) = places(b"localhost")
    (port,) = places(b"localhost:22")
    assert (url.url, url.more, url.several) == (True, True, False)
    assert (host.url, host.more) == (False, False)
    assert port.more


def test_a_long_list_of_users_ends() -> None:
    assert len(places(b"http://" + b"a@" * 500)) < 20


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_the_gate_sees_whatever_is_found(value: str) -> None:
    octets = value.encode()
    if any(inner(place.host) for place in places(octets)):
        assert _GATE.hits(octets)
