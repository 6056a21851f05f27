from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.identity.networks import NetworkSet, canonical, pack, unpack

SET = NetworkSet(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::ffff:172.16.0.0/108", "10.66.0.0/16"])


@pytest.mark.parametrize(
    "address",
    ["10.0.0.0", "10.255.255.255", "10.66.1.1", "192.0.2.7", "2001:db8::1", "2001:DB8:0::1", "::ffff:10.1.2.3", "172.16.9.9"],
)
def test_inside(address: str) -> None:
    assert SET.contains(address)


@pytest.mark.parametrize(
    "address",
    [
        "9.255.255.255",
        "11.0.0.0",
        "192.0.2.8",
        "2001:db9::",
        "::ffff:11.0.0.1",
        "::10.1.2.3",
        "172.32.0.1",
        "",
        "ten",
        "10.1.2",
        "10.1.2.3.4",
        "010.1.2.3",
        "10.1.2.3/8",
        "10.1.2.3 ",
        "10.1.2.3\x00",
        "2001:db8::1%eth0",
        "1" * 500,
        "\u0661\u0660.1.2.3",
    ],
)
def test_outside_and_garbage(address: str) -> None:
    assert not SET.contains(address)


def test_octets() -> None:
    assert SET.contains(socket.inet_aton("10.1.2.3"))
    assert SET.contains(socket.inet_pton(socket.AF_INET6, "::ffff:10.1.2.3"))
    assert SET.contains(socket.inet_pton(socket.AF_INET6, "2001:db8::1"))
    assert not SET.contains(socket.inet_aton("11.1.2.3"))
    assert not SET.contains(b"")
    assert not SET.contains(b"\x0a\x00\x00")


def test_an_empty_set_holds_nothing() -> None:
    assert not NetworkSet().contains("10.0.0.1")
    assert len(NetworkSet()) == 0
    assert len(SET) == 5


def test_everything() -> None:
    everything = NetworkSet(["0.0.0.0/0", "::/0"])
    assert everything.contains("203.0.113.1")
    assert everything.contains("2001:db8::1")
    assert not NetworkSet(["::/0"]).contains("203.0.113.1")
    assert not NetworkSet(["::/0"]).contains("::ffff:203.0.113.1")


def test_repr_shows_the_networks() -> None:
    assert repr(NetworkSet(["192.0.2.1", "10.1.0.0/8"])) == "NetworkSet(['10.0.0.0/8', '192.0.2.1/32'])"


def test_no_network() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        NetworkSet(["example.com"])


networks = st.one_of(
    st.builds(lambda a, p: ip_network((a, p), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)),
    st.builds(lambda a, p: ip_network((2**125 | a, p), strict=False), st.integers(0, 2**120), st.integers(1, 128)),
)
addresses = st.integers(0, 2**32 - 1).map(ip_address) | st.integers(0, 2**120).map(lambda a: ip_address(2**125 | a))


@given(st.lists(networks, max_size=8), addresses)
def test_membership_is_that_of_the_standard_library(cidrs: list[object], address: object) -> None:
    near = [network.network_address for network in cidrs] + [network.broadcast_address for network in cidrs]  # type: ignore[attr-defined]  # v4 or v6
    held = NetworkSet(cidrs)  # type: ignore[arg-type]  # v4 or v6
    for each in (address, *near):
        expected = any(each in network for network in cidrs)  # type: ignore[operator]  # v4 or v6
        assert held.contains(str(each)) == held.contains(each.packed) == expected  # type: ignore[attr-defined]  # v4 or v6


@given(addresses)
def test_text_is_canonical(address: object) -> None:
    packed = pack(str(address))
    assert packed is not None
    assert ip_address(unpack(packed)) == address
    assert canonical(unpack(packed)) == unpack(packed)


@given(st.text(max_size=60))
def test_text_that_is_garbage_is_no_address_and_stays_as_it_is(text: str) -> None:
    packed = pack(text)
    if packed is None:
        assert canonical(text) == text or pack(text.partition("%")[0]) is not None
    else:
        assert pack(unpack(packed)) == packed


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_the_one_spelling(text: str, result: str) -> None:
    assert canonical(text) == result
