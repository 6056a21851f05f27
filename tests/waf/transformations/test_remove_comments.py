from __future__ import annotations

import pytest

from edgeguard.waf.transformations.remove_comments import remove_comments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"uni/**/on/*!50000select*/ 1/*x", b"unionselect 1"),
        (b"a/*b*/c", b"ac"),
    ],
)
def test_remove_comments(value: bytes, expected: bytes) -> None:
    assert remove_comments(value) == expected


@pytest.mark.parametrize("value", [b"", b"a * b"])
def test_remove_comments_gives_the_same_object_back(value: bytes) -> None:
    assert remove_comments(value) is value
