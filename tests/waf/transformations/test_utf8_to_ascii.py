from __future__ import annotations

import pytest

from edgeguard.waf.transformations.utf8_to_ascii import utf8_to_ascii


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\xef\xbc\x9cscript\xc0\xaf", b"<script/"),
        (b"\xc0\xae\xc0\xae/", b"../"),
        (b"\xe0\x80\xae", b"."),
        (b"\xef\xbd\x81", b"a"),
        (b"\xc1\x81", b"A"),
    ],
)
def test_utf8_to_ascii(value: bytes, expected: bytes) -> None:
    assert utf8_to_ascii(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac", b"\xef", b"\xef\xbb\xbf"])
def test_utf8_to_ascii_gives_the_same_object_back(value: bytes) -> None:
    assert utf8_to_ascii(value) is value
