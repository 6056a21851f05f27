from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.ip_match import IpMatch


def test_one_of_several() -> None:
    operator = IpMatch(b"192.0.2.0/24, ::1,")
    assert operator.find(b"192.0.2.9") == (0, 9)
    assert operator.find(b"::1") == (0, 3)
    assert operator.find(b"192.0.3.9") is None


@pytest.mark.parametrize("argument", [b"", b" , ", b"nobody"])
def test_what_names_no_network_is_refused(argument: bytes) -> None:
    with pytest.raises(Refused):
        IpMatch(argument)
