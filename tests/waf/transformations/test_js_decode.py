from __future__ import annotations

import pytest

from edgeguard.waf.transformations.js_decode import js_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\\x61\\u006cert\\u{28}1\\51\\/", b"alert(1)/"),
        (b"\\\\x41", b"\\x41"),
        (b"\\\\\\x41", b"\\A"),
        (b"\\u{zz}", b"u{zz}"),
        (b"\\x4", b"x4"),
        (b"\\n\\t", b"\n\t"),
        (b"a\\", b"a\\"),
        (b"\\u12", b"u12"),
        (b"\\u{110000}", b"u{110000}"),
    ],
)
def test_js_decode(value: bytes, expected: bytes) -> None:
    assert js_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"a\\"])
def test_js_decode_gives_the_same_object_back(value: bytes) -> None:
    assert js_decode(value) is value
