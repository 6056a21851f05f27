from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.hex_decode import hex_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"3c7363726970743e0", b"<script>"),
        (b"0z", b"#"),
        (b"a", b""),
    ],
)
def test_hex_decode(value: bytes, expected: bytes) -> None:
    assert hex_decode(value) == expected


@pytest.mark.parametrize("value", [b""])
def test_hex_decode_gives_the_same_object_back(value: bytes) -> None:
    assert hex_decode(value) is value
