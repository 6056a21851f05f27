from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.remove_comments import remove_comments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"un/* a */ion<!-- b --> c # d", b"union c "),
        (b"/*a*/", b"\x00"),
        (b"a/*b", b"a "),
        (b"a-- b", b"a"),
        (b"/*a*//*b*/", b"/*b*/"),
        (b"/*a-->b", b"b"),
        (b"<!--a*/b", b"b"),
        (b"1*2/*/3*/4", b"1*24"),
        (b"a - b#", b"a - b"),
    ],
)
def test_remove_comments(value: bytes, expected: bytes) -> None:
    assert remove_comments(value) == expected


@pytest.mark.parametrize("value", [b"", b"a * b", b"a - b", b"a */ b"])
def test_remove_comments_gives_the_same_object_back(value: bytes) -> None:
    assert remove_comments(value) is value
