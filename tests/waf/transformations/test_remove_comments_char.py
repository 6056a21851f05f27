from __future__ import annotations

import pytest

from edgeguard.waf.transformations.remove_comments_char import remove_comments_char


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"un/**/ion<!-- a -->#", b"union a "),
        (b"/*/*/", b"/"),
        (b"a-->b", b"ab"),
        (b"a--->b", b"a->b"),
        (b"//**", b"/*"),
    ],
)
def test_remove_comments_char(value: bytes, expected: bytes) -> None:
    assert remove_comments_char(value) == expected


@pytest.mark.parametrize("value", [b"", b"a - b * c / d < e", b"<!-"])
def test_remove_comments_char_gives_the_same_object_back(value: bytes) -> None:
    assert remove_comments_char(value) is value
