from __future__ import annotations

import pytest

from edgeguard.waf.transformations.remove_nulls import remove_nulls


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"scr\x00ipt", b"script"),
    ],
)
def test_remove_nulls(value: bytes, expected: bytes) -> None:
    assert remove_nulls(value) == expected


@pytest.mark.parametrize("value", [b"", b"abc"])
def test_remove_nulls_gives_the_same_object_back(value: bytes) -> None:
    assert remove_nulls(value) is value
