from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.greater import Greater


def test_greater() -> None:
    assert Greater(5).find(b"6") == (0, 1)
    assert Greater(5).find(b"5") is None


@pytest.mark.parametrize("value", [b"", b"x", b"-1", b"1.5", b"9" * 19, b"0x9"])
def test_what_is_no_number_never_counts(value: bytes) -> None:
    assert Greater(5).find(value) is None


@pytest.mark.parametrize("argument", ["5", 1.5, True, None])
def test_the_bound_is_a_whole_number(argument: object) -> None:
    with pytest.raises(Refused):
        Greater(argument)
