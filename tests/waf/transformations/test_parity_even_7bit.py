from __future__ import annotations

import pytest

from edgeguard.waf.transformations.parity_even_7bit import parity_even_7bit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"cab", b"c\xe1\xe2"),
        (b"\xe1\xff", b"a\x7f"),
    ],
)
def test_parity_even_7bit(value: bytes, expected: bytes) -> None:
    assert parity_even_7bit(value) == expected


@pytest.mark.parametrize("value", [b"", b"cef"])
def test_parity_even_7bit_gives_the_same_object_back(value: bytes) -> None:
    assert parity_even_7bit(value) is value
