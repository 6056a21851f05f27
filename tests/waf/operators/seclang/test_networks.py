from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.networks import Networks


@pytest.mark.parametrize(
    ("entries", "value", "held"),
    [
        (["10.10.10.0/21"], b"10.10.8.1", True),
        (["10.10.10.0/21"], b"10.10.16.1", False),
        (["0.0.0.0/0"], b"255.1.2.3", True),
        (["0.0.0.0/0"], b"::1", False),
        (["192.0.2.1"], b"192.0.2.1", True),
        (["192.0.2.1"], b"::ffff:192.0.2.1", True),
        (["::ffff:192.0.2.0/120"], b"::ffff:192.0.2.1", True),
        (["2001:db8::/32"], b"2001:DB8:0:1::", True),
        (["2001:db8::/32", "10.0.0.0/8"], b"10.1.1.1", True),
        (["10.0.0.0/8"], b"", False),
        (["10.0.0.0/8"], b"10.1", False),
        (["10.0.0.0/8"], b"10.1.1.1 ", False),
        (["10.0.0.0/8"], b"010.1.1.1", False),
        (["10.0.0.0/8"], b"10.1.1.1\xff", False),
        (["fe80::/10"], b"fe80::1%eth0", False),
        (["::/0"], b"1" * 100_000, False),
    ],
)
def test_hold(entries: list[str], value: bytes, held: bool) -> None:
    assert Networks(entries).hold(value) is held


@pytest.mark.parametrize("entry", ["10.0.0", "10.0.0.0/33", "x", "10.0.0.0-10.0.0.9", "::1/129"])
def test_what_is_no_network_is_refused(entry: str) -> None:
    with pytest.raises(Refused, match="no address or network"):
        Networks([entry])
