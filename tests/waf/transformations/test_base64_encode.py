from __future__ import annotations

import pytest

from edgeguard.waf.transformations.base64_encode import base64_encode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<script>", b"PHNjcmlwdD4="),
        (b"\x00\xff", b"AP8="),
    ],
)
def test_base64_encode(value: bytes, expected: bytes) -> None:
    assert base64_encode(value) == expected


@pytest.mark.parametrize("value", [b""])
def test_base64_encode_gives_the_same_object_back(value: bytes) -> None:
    assert base64_encode(value) is value
