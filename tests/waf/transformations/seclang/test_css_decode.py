from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.css_decode import css_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"j\\61 v\\000061script\\:\\ff1c", b"javascript:<"),
        (b"\\1ff1c", b"\x1c"),
        (b"\\00ff1c", b"<"),
        (b"\\\\41", b"\\41"),
        (b"a\\\nb", b"ab"),
        (b"a\\", b"a"),
        (b"\\41\x0b\x0b", b"A\x0b"),
        (b"\\12345678", b"V78"),
    ],
)
def test_css_decode(value: bytes, expected: bytes) -> None:
    assert css_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain"])
def test_css_decode_gives_the_same_object_back(value: bytes) -> None:
    assert css_decode(value) is value
