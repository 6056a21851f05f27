from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.detects_command import DetectsCommand


def test_the_least_confidence_counts() -> None:
    assert DetectsCommand("high").find(b"x;id") == (1, 4)
    assert DetectsCommand("high").find(b"how do I run it; cat /etc/hosts") is None
    assert DetectsCommand("medium").find(b"how do I run it; cat /etc/hosts") is not None
    assert DetectsCommand("low").find(b"fish & chips") is None


def test_other_arguments_are_refused() -> None:
    with pytest.raises(Refused, match="detects_command"):
        DetectsCommand("certain")
