from __future__ import annotations

import pytest

from edgeguard.waf.transformations.css_decode import css_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"j\\61 v\\000061script\\:", b"javascript:"),
        (b"\\41 B", b"AB"),
        (b"\\ffffff", b""),
        (b"a\\", b"a"),
        (b"\\\\41", b"\\41"),
        (b"a\\\nb", b"ab"),
    ],
)
def test_css_decode(value: bytes, expected: bytes) -> None:
    assert css_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain"])
def test_css_decode_gives_the_same_object_back(value: bytes) -> None:
    assert css_decode(value) is value
