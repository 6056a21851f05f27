from __future__ import annotations

import pytest

from edgeguard.waf.transformations.base64_decode import base64_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"PHNjcmlwdD4", b"<script>"),
        (b"PHNjcmlwdD4=", b"<script>"),
        (b"_-8=", b"\xff\xef"),
    ],
)
def test_base64_decode(value: bytes, expected: bytes) -> None:
    assert base64_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"a", b"not base64!", b"abcde"])
def test_base64_decode_gives_the_same_object_back(value: bytes) -> None:
    assert base64_decode(value) is value
