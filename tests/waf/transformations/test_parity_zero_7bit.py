from __future__ import annotations

import pytest

from edgeguard.waf.transformations.parity_zero_7bit import parity_zero_7bit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\xe1b\xff", b"ab\x7f"),
    ],
)
def test_parity_zero_7bit(value: bytes, expected: bytes) -> None:
    assert parity_zero_7bit(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain\x7f"])
def test_parity_zero_7bit_gives_the_same_object_back(value: bytes) -> None:
    assert parity_zero_7bit(value) is value
