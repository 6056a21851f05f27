from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.leading_number import Comparison, leading_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"", 0),
        (b"12", 12),
        (b" \t+12x", 12),
        (b"-7", -7),
        (b"--7", 0),
        (b"1e3", 1),
        (b"0x10", 0),
        (b"x1", 0),
        (b"007", 7),
        (b"0" * 60 + b"7", 7),
        (b"9" * 18, 10**18 - 1),
        (b"9" * 19, 10**18),
        (b"-" + b"9" * 5000, -(10**18)),
    ],
)
def test_leading_number(text: bytes, number: int) -> None:
    assert leading_number(text) == number


def test_what_is_compared_with() -> None:
    assert Comparison(b"12 or so").bound == 12
