from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.number_in_text import VerifiedNumber


class EndsInSeven(VerifiedNumber):
    """Counts how often it is asked."""

    asked = 0

    def in_order(self, digits: list[int]) -> bool:
        self.asked += 1
        return digits[-1:] == [7]


def test_matches_may_overlap() -> None:
    operator = EndsInSeven(rb"\d\d")
    assert operator.find(b"a 127") == (3, 5)
    assert operator.find(b"a 123") is None


def test_only_digits_count() -> None:
    assert EndsInSeven(rb"\d-.").find(b"7-x") == (0, 3)


def test_long_matches_that_overlap_end() -> None:
    operator = EndsInSeven(rb"\d+")
    assert operator.find(b"1" * 20_000) is None
    assert operator.asked < 200


def test_a_pattern_is_needed() -> None:
    with pytest.raises(Refused, match="pattern"):
        EndsInSeven(b"")
