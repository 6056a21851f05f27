from __future__ import annotations

import pytest

from edgeguard.waf.transformations.utf8_to_unicode import utf8_to_unicode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\xef\xbc\x9cscript", b"%uff1cscript"),
        (b"\xc3\xa9\xe2\x82\xac", b"%u00e9%u20ac"),
        (b"\xf0\x9f\x98\x80", b"%u1f600"),
        (b"\xc0\xaf", b"%u002f\xc0"),
        (b"\xe0\x80\xaf", b"%u002f\xe0"),
        (b"\xf0\x80\x80\xaf", b"%u002f\xf0"),
        (b"\xed\xa0\x80", b"%ud800\xed"),
        (b"\xf0\x8d\xa0\x80", b"%ud800\xf0\xf0"),
        (b"\xf5\x80\x80\x80", b"\xf5%u140000"),
        (b"\xf5a", b"\xf5a"),
        (b"\xc3a\xe2\x82", b"a\x82"),
        (b"a\x00b\x00", b"ab\x00"),
        (b"\x00\xc3", b""),
    ],
)
def test_utf8_to_unicode(value: bytes, expected: bytes) -> None:
    assert utf8_to_unicode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"a\x00", b"\x80\xbf", b"\xf8\xff"])
def test_utf8_to_unicode_gives_the_same_object_back(value: bytes) -> None:
    assert utf8_to_unicode(value) is value
