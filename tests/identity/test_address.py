from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.config.model import Identity
from edgeguard.identity.address import AddressResolver
from edgeguard.identity.forwarded import MOST_HOPS
from edgeguard.message import Headers

TRUSTED = ["10.0.0.0/8", "2001:db8:1::/48"]


def resolver(field: str = "x-forwarded-for") -> AddressResolver:
    return AddressResolver(Identity.model_validate({"trusted_proxies": TRUSTED, "forwarded": field}))


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"203.0.113.9", "203.0.113.9"),
        (b"6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (b"6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (b"6.6.6.6, 203.0.113.9, 10.0.0.3, 2001:db8:1::5, 10.0.0.2:99", "203.0.113.9"),
        (b"10.0.0.9, 10.0.0.8", "10.0.0.9"),
        (b"6.6.6.6, garbage, 10.0.0.2", "10.0.0.2"),
        (b"6.6.6.6, unknown", "10.0.0.1"),
        (b"", "10.0.0.1"),
        (b"::ffff:203.0.113.9", "203.0.113.9"),
        (b"2001:DB8::9", "2001:db8::9"),
        (b"203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
    ],
)
def test_the_walk_ends_at_the_first_that_is_not_trusted(value: bytes, address: str) -> None:
    assert resolver().resolve("10.0.0.1", Headers([(b"x-forwarded-for", value)])) == address


def test_fields_in_several_lines_are_one_list() -> None:
    fields = [(b"x-forwarded-for", b"6.6.6.6, 203.0.113.9"), (b"accept", b"*/*"), (b"x-forwarded-for", b"10.0.0.2")]
    assert resolver().resolve("10.0.0.1", Headers(fields)) == "203.0.113.9"


def test_only_the_configured_field_is_read() -> None:
    both = Headers([(b"x-forwarded-for", b"203.0.113.1"), (b"forwarded", b"for=203.0.113.2"), (b"x-real-ip", b"203.0.113.3")])
    assert resolver().resolve("10.0.0.1", both) == "203.0.113.1"
    assert resolver("forwarded").resolve("10.0.0.1", both) == "203.0.113.2"
    assert resolver("forwarded").resolve("10.0.0.1", Headers([(b"x-forwarded-for", b"203.0.113.1")])) == "10.0.0.1"


def test_forwarded_is_walked_the_same_way() -> None:
    value = b'for=6.6.6.6, for="203.0.113.9:_secret";proto=https, for="[2001:db8:1::5]";by=10.0.0.1'
    assert resolver("forwarded").resolve("10.0.0.1", Headers([(b"forwarded", value)])) == "203.0.113.9"


def test_the_walk_is_bounded() -> None:
    value = b"203.0.113.9" + b", 10.0.0.2" * MOST_HOPS
    assert resolver().resolve("10.0.0.1", Headers([(b"x-forwarded-for", value)])) == "10.0.0.2"
    value = b"203.0.113.9" + b", 10.0.0.2" * (MOST_HOPS - 1)
    assert resolver().resolve("10.0.0.1", Headers([(b"x-forwarded-for", value)])) == "203.0.113.9"


def naive(peer: str, hops: list[str]) -> str:
    """The rule as one would say it aloud."""
    address = peer
    for hop in reversed(hops):
        try:
            found = ip_address(hop)
        except ValueError:
            return address
        address = str(found)
        if not any(found in ip_network(network) for network in TRUSTED):
            return address
    return address


hop = st.one_of(
    st.integers(0, 255).map(lambda n: f"10.0.0.{n}"),
    st.integers(0, 2**16).map(lambda n: str(ip_address(int(ip_address("2001:db8:1::")) + n))),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).filter(lambda a: a.ipv4_mapped is None and int(a) >> 48).map(str),  # type: ignore[union-attr]  # v6 only
    st.sampled_from(["unknown", "_x", "1.2.3", "x"]),
)


@given(st.lists(hop, max_size=MOST_HOPS))
def test_the_walk_is_that_of_a_naive_one(hops: list[str]) -> None:
    expected = naive("10.0.0.1", hops)
    assert resolver().resolve("10.0.0.1", Headers([(b"x-forwarded-for", ", ".join(hops).encode())])) == expected
    nodes = [f'for="[{each}]:1"' if ":" in each else f"for={each};proto=http" for each in hops]
    assert resolver("forwarded").resolve("10.0.0.1", Headers([(b"forwarded", ", ".join(nodes).encode())])) == expected
