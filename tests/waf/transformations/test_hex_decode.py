from __future__ import annotations

import pytest

from edgeguard.waf.transformations.hex_decode import hex_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"0x3c7363726970743e", b"<script>"),
        (b"4142", b"AB"),
    ],
)
def test_hex_decode(value: bytes, expected: bytes) -> None:
    assert hex_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"abc", b"xyz1", b"0x"])
def test_hex_decode_gives_the_same_object_back(value: bytes) -> None:
    assert hex_decode(value) is value
