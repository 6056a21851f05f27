from __future__ import annotations

import pytest

from edgeguard.waf.transformations.hex_encode import hex_encode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<\xff\n", b"3cff0a"),
    ],
)
def test_hex_encode(value: bytes, expected: bytes) -> None:
    assert hex_encode(value) == expected


@pytest.mark.parametrize("value", [b""])
def test_hex_encode_gives_the_same_object_back(value: bytes) -> None:
    assert hex_encode(value) is value
