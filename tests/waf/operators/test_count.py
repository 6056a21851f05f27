from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.count import Count


def test_count_is_at_least() -> None:
    assert [Count(2).holds(number) for number in range(4)] == [False, False, True, True]


@pytest.mark.parametrize("argument", [0, -1, "2", True])
def test_senseless_counts_are_refused(argument: object) -> None:
    with pytest.raises(Refused):
        Count(argument)
