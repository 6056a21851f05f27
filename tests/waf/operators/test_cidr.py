from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.cidr import Cidr


@pytest.mark.parametrize(
    ("network", "address", "held"),
    [
        ("10.0.0.0/8", b"10.1.2.3", True),
        ("10.0.0.0/8", b"11.1.2.3", False),
        ("10.0.0.0/8", b"::ffff:10.1.2.3", True),
        ("2001:db8::/32", b"2001:db8::1", True),
        ("2001:db8::/32", b"10.0.0.1", False),
        ("10.0.0.0/8", b"no address", False),
        ("10.0.0.0/8", b"\xff", False),
    ],
)
def test_cidr(network: str, address: bytes, held: bool) -> None:
    assert (Cidr(network).find(address) is not None) is held


@pytest.mark.parametrize("network", ["10.0.0.1/8", "x", 5.5])
def test_what_is_no_network_is_refused(network: object) -> None:
    with pytest.raises(Refused, match="no network"):
        Cidr(network)
