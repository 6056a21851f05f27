from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.base64_decode import base64_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"PHNjcmlwdD4=, and more", b"<script>"),
        (b"PHNj\r\ncmlwdD4", b"<script>"),
        (b"YWJjZ", b"abc"),
        (b"a", b""),
        (b"!YWJj", b""),
        (b"_-8=", b""),
    ],
)
def test_base64_decode(value: bytes, expected: bytes) -> None:
    assert base64_decode(value) == expected


@pytest.mark.parametrize("value", [b""])
def test_base64_decode_gives_the_same_object_back(value: bytes) -> None:
    assert base64_decode(value) is value
