from __future__ import annotations

import pytest

from edgeguard.dynamic.model import Subject
from edgeguard.dynamic.places import network, place, read_place


@pytest.mark.parametrize(
    ("address", "kind", "value"),
    [
        ("203.0.113.5", "address", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "network", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "network", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", "address", "203.0.113.5"),
        ("unix", "address", "unix"),
        ("no:address", "address", "no:address"),
    ],
)
def test_whom_an_address_belongs_to(address, kind, value) -> None:
    assert place(address) == Subject(kind, value)


def test_networks_around() -> None:
    assert network("203.0.113.77", 24, 48) == "203.0.113.0/24"
    assert network("2001:db8:1:2::1", 24, 48) == "2001:db8:1::/48"
    assert network("::ffff:203.0.113.77", 24, 48) == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("203.0.113.5", Subject("address", "203.0.113.5")),
        ("203.0.113.5/32", Subject("address", "203.0.113.5")),
        ("203.0.113.5/24", Subject("network", "203.0.113.0/24")),
        ("2001:DB8::1", Subject("address", "2001:db8::1")),
        ("::ffff:203.0.113.5", Subject("address", "203.0.113.5")),
        ("2001:db8::/32", Subject("network", "2001:db8::/32")),
    ],
)
def test_what_people_write(text, subject) -> None:
    assert read_place(text) == subject


@pytest.mark.parametrize("text", ["", "cms.example", "203.0.113", "203.0.113.5/33"])
def test_what_is_no_place(text) -> None:
    with pytest.raises(ValueError, match=r"does not appear|Expected|Address|permitted"):
        read_place(text)
