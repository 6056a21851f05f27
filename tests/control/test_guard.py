from __future__ import annotations

import pytest

from edgeguard.config.model import Admin
from edgeguard.control.guard import HostCheck, host_of


@pytest.mark.parametrize(
    ("field", "host"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:9180", "localhost"),
        ("127.0.0.1:9180", "127.0.0.1"),
        ("[::1]:9180", "::1"),
        ("[::1]", "::1"),
        ("host.", "host"),
        ("", ""),
        (":", ":"),
        ("a:b", "a:b"),
    ],
)
def test_host_of(field: str, host: str) -> None:
    assert host_of(field) == host


FOREIGN = [
    *(None, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example"),
    *("10.1.2.4", "8.8.8.8:9180", "2130706433", "[::1", "127.1"),
]


@pytest.mark.parametrize("field", FOREIGN)
def test_all_other_names_do_not(field: str | None) -> None:
    assert not HostCheck(Admin(address="10.1.2.3")).allows(field)


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_behind_a_wildcard_addresses_pass_and_names_do_not(wildcard: str) -> None:
    check = HostCheck(Admin(address=wildcard))
    assert check.allows("10.9.8.7:9180")
    assert check.allows("[2001:db8::1]:9180")
    assert not check.allows("evil.example")
