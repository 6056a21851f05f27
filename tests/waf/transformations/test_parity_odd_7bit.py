from __future__ import annotations

import pytest

from edgeguard.waf.transformations.parity_odd_7bit import parity_odd_7bit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"cab", b"\xe3ab"),
    ],
)
def test_parity_odd_7bit(value: bytes, expected: bytes) -> None:
    assert parity_odd_7bit(value) == expected


@pytest.mark.parametrize("value", [b"", b"ab"])
def test_parity_odd_7bit_gives_the_same_object_back(value: bytes) -> None:
    assert parity_odd_7bit(value) is value
