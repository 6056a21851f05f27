from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.less import Less


def test_less() -> None:
    assert Less(5).find(b"4") == (0, 1)
    assert Less(5).find(b"5") is None


@pytest.mark.parametrize("value", [b"", b"x", b"-1", b"1.5", b"9" * 19, b"0x9"])
def test_what_is_no_number_never_counts(value: bytes) -> None:
    assert Less(5).find(value) is None


@pytest.mark.parametrize("argument", ["5", 1.5, True, None])
def test_the_bound_is_a_whole_number(argument: object) -> None:
    with pytest.raises(Refused):
        Less(argument)
