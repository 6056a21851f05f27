from __future__ import annotations

import pytest

from edgeguard.waf.transformations.url_encode import url_encode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a b/*=", b"a+b%2f*%3d"),
        (b"-_.~", b"%2d%5f%2e%7e"),
        (b"\x00\xff", b"%00%ff"),
    ],
)
def test_url_encode(value: bytes, expected: bytes) -> None:
    assert url_encode(value) == expected


@pytest.mark.parametrize("value", [b"", b"aZ09*"])
def test_url_encode_gives_the_same_object_back(value: bytes) -> None:
    assert url_encode(value) is value
