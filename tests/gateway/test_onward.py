from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Identity
from edgeguard.gateway.onward import onward
from edgeguard.gateway.outlet import Link
from edgeguard.identity.forwardable import ForwardFilter
from edgeguard.message import Client, Headers, Request

if TYPE_CHECKING:
    from edgeguard.message import Field

FILTER = ForwardFilter(Identity())
CLIENT = Client("192.0.2.1", "192.0.2.1")


def request(*fields: Field, version: bytes = b"1.1") -> Request:
    return Request(b"GET", b"/%61?b", b"/a", b"b", b"https", b"cms.example:8443", Headers(list(fields)), version=version)


def send(asked: Request, client: Client = CLIENT, *, trusted: bool = False) -> Request:
    return onward(asked, client, "id-1", FILTER, Link(client.peer, ""), trusted=trusted)


def test_the_way_so_far_is_told() -> None:
    sent = send(request((b"accept", b"*/*")))
    assert dict(sent.headers.fields) == {
        b"accept": b"*/*",
        b"via": b"1.1 edgeguard",
        b"forwarded": b'for=192.0.2.1;host="cms.example:8443";proto=https',
        b"x-forwarded-for": b"192.0.2.1",
        b"x-forwarded-host": b"cms.example:8443",
        b"x-forwarded-proto": b"https",
    }
    assert sent.id == b"id-1"
    assert (sent.path, sent.query, sent.method) == (b"/a", b"b", b"GET")


def test_via_is_continued() -> None:
    sent = send(request((b"via", b"1.0 a"), (b"via", b"1.1 b"), version=b"1.0"))
    assert sent.headers.get_all(b"via") == [b"1.0 a, 1.1 b, 1.0 edgeguard"]


@pytest.mark.parametrize(
    "name", [b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"x-real-ip"]
)
@pytest.mark.parametrize("connection", [b"", b"x-forwarded-for, forwarded, via, x-forwarded-proto"])
def test_what_a_stranger_says_of_it_goes_and_nothing_strips_ours(name: bytes, connection: bytes) -> None:
    fields = [(name, b"spoofed"), (b"connection", connection)] if connection else [(name, b"spoofed")]
    sent = send(request(*fields))
    assert all(b"spoofed" not in value for _, value in sent.headers)
    assert sent.headers.get_all(b"x-forwarded-for") == [b"192.0.2.1"]
    assert len(sent.headers.get_all(b"forwarded")) == 1


def test_fields_of_one_hop_go() -> None:
    sent = send(
        request((b"te", b"trailers"), (b"upgrade", b"h2c"), (b"connection", b"x-hop"), (b"x-hop", b"1"), (b"x-end", b"1"))
    )
    assert not {name for name, _ in sent.headers} & {b"te", b"upgrade", b"connection", b"x-hop"}
    assert sent.headers.get(b"x-end") == b"1"


def test_behind_a_trusted_proxy_the_chain_is_written_anew() -> None:
    client = Client("2001:db8::1", "10.0.0.1")
    sent = send(request((b"x-forwarded-for", b"junk, 2001:db8::1"), (b"x-forwarded-proto", b"http")), client, trusted=True)
    assert sent.headers.get_all(b"x-forwarded-for") == [b"2001:db8::1, 10.0.0.1"]
    assert sent.headers.get_all(b"forwarded") == [b'for="[2001:db8::1]";host="cms.example:8443";proto=https, for=10.0.0.1']
    assert sent.headers.get_all(b"x-forwarded-proto") == [b"https"]


def test_the_same_fields_are_worked_out_once_and_never_for_another_host() -> None:
    link = Link("192.0.2.1", "")
    asked = request((b"accept", b"*/*"))
    asked.headers.shared()
    first = onward(asked, CLIENT, "id-1", FILTER, link, trusted=False)
    second = onward(asked, CLIENT, "id-2", FILTER, link, trusted=False)
    assert first.headers is second.headers
    assert (first.id, second.id) == (b"id-1", b"id-2")
    asked.authority = b"other.example"
    assert onward(asked, CLIENT, "id-3", FILTER, link, trusted=False).headers.get(b"x-forwarded-host") == b"other.example"
