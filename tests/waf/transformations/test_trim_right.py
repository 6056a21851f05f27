from __future__ import annotations

import pytest

from edgeguard.waf.transformations.trim_right import trim_right


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" a\t ", b" a"),
        (b"\x0b\x0c", b""),
    ],
)
def test_trim_right(value: bytes, expected: bytes) -> None:
    assert trim_right(value) == expected


@pytest.mark.parametrize("value", [b"", b" a b"])
def test_trim_right_gives_the_same_object_back(value: bytes) -> None:
    assert trim_right(value) is value
