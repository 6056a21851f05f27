import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.limits.place import Places


def test_addresses_of_one_network_are_one_place() -> None:
    name = Places(64).name
    assert name("2001:db8:1:2::1") == name("2001:db8:1:2:ffff::") == name("2001:DB8:1:2:0:0:0:9%eth0")
    assert name("2001:db8:1:2::1") != name("2001:db8:1:3::1")


def test_mapped_addresses_are_ipv4() -> None:
    assert Places(64).name("::ffff:192.0.2.7") == Places(64).name("::ffff:c000:207") == "192.0.2.7"


@pytest.mark.parametrize("text", ["unix:", ":::", "1:2:3", "", "\0:", "x" * 5000, "é:", "%:", "\ud800" * 70])
def test_what_is_no_address_is_a_bounded_name_of_its_own(text: str) -> None:
    assert 0 <= len(Places(64).name(text)) <= 64


@given(st.integers(32, 128), st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_names_agree_with_ipaddress(prefix: int, one: int, other: int) -> None:
    places = Places(prefix)
    first, second = ipaddress.IPv6Address(one), ipaddress.IPv6Address(other >> prefix | one & (2**128 - 2 ** (128 - prefix)))
    for address in (first, second):
        if address.ipv4_mapped:
            return
    assert places.name(str(first)) == places.name(str(second))
    network = ipaddress.IPv6Network((one, prefix), strict=False)
    assert places.name(str(first)) == network.network_address.packed[: (prefix + 7) // 8]
