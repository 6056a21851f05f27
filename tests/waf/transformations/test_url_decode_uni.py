from __future__ import annotations

import pytest

from edgeguard.waf.transformations.url_decode_uni import url_decode_uni


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"%u003cscript%3e %uff1c", b"<script> <"),
        (b"%U0027", b"'"),
        (b"%u20ac", b"\xe2\x82\xac"),
        (b"%u12", b"%u12"),
        (b"a+b%20c", b"a b c"),
        (b"%u00zz", b"%u00zz"),
    ],
)
def test_url_decode_uni(value: bytes, expected: bytes) -> None:
    assert url_decode_uni(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"50%"])
def test_url_decode_uni_gives_the_same_object_back(value: bytes) -> None:
    assert url_decode_uni(value) is value


def test_an_escape_that_is_none_leaves_the_same_object() -> None:
    value = b"%U and %u12"
    assert url_decode_uni(value) is value
