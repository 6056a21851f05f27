from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.js_decode import js_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\\x61\\u006cert\\501\\51\\uff1c", b"alert(1)<"),
        (b"\\u20ac", b"\xac"),
        (b"\\u{41}", b"u{41}"),
        (b"\\400", b" 0"),
        (b"\\377\\a", b"\xff\x07"),
        (b"\\\\x41", b"\\x41"),
        (b"\\x4", b"x4"),
        (b"\\u004", b"u004"),
    ],
)
def test_js_decode(value: bytes, expected: bytes) -> None:
    assert js_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"a\\"])
def test_js_decode_gives_the_same_object_back(value: bytes) -> None:
    assert js_decode(value) is value
