from __future__ import annotations

import pytest

from edgeguard.waf.transformations.replace_comments import replace_comments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"union/**/all/*!50000select*/ 1/*x", b"union all select  1 "),
        (b"a/*b*/c", b"a c"),
        (b"/*!", b" "),
        (b"select--x\n1", b"select 1"),
        (b"1 or#y\n1", b"1 or 1"),
        (b"1/*!00000or*/1", b"1 or 1"),
    ],
)
def test_replace_comments(value: bytes, expected: bytes) -> None:
    assert replace_comments(value) == expected


@pytest.mark.parametrize("value", [b"", b"a * b / c", b"2*/3", b"a\nb", b"1 -- x", b"a # b"])
def test_replace_comments_gives_the_same_object_back(value: bytes) -> None:
    assert replace_comments(value) is value
