from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.replace_comments import replace_comments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"union/**/all/*!select*/ 1*//*x", b"union all  1*/ "),
        (b"/*/a*/b", b" b"),
        (b"a/*", b"a "),
    ],
)
def test_replace_comments(value: bytes, expected: bytes) -> None:
    assert replace_comments(value) == expected


@pytest.mark.parametrize("value", [b"", b"a * b / c", b"a */ b"])
def test_replace_comments_gives_the_same_object_back(value: bytes) -> None:
    assert replace_comments(value) is value
