from __future__ import annotations

import pytest

from edgeguard.waf.transformations.base64_decode_ext import base64_decode_ext


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"P.HNj?cmlw dD4=", b"<script>"),
        (b"YWI", b"ab"),
        (b"Y=WI", b""),
        (b"Y==", b""),
        (b"YW==I=", b"ab"),
        (b"YWJjZ", b"abc"),
        (b"!?", b""),
    ],
)
def test_base64_decode_ext(value: bytes, expected: bytes) -> None:
    assert base64_decode_ext(value) == expected


@pytest.mark.parametrize("value", [b""])
def test_base64_decode_ext_gives_the_same_object_back(value: bytes) -> None:
    assert base64_decode_ext(value) is value
