from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.exists import Exists


def test_exists() -> None:
    assert [Exists(argument=True).holds(number) for number in (0, 1)] == [False, True]
    assert [Exists(argument=False).holds(number) for number in (0, 1)] == [True, False]


def test_only_truth_values_are_taken() -> None:
    with pytest.raises(Refused):
        Exists("yes")
