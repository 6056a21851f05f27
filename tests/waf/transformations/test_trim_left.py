from __future__ import annotations

import pytest

from edgeguard.waf.transformations.trim_left import trim_left


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" \ta ", b"a "),
        (b"\x0b\x0c", b""),
    ],
)
def test_trim_left(value: bytes, expected: bytes) -> None:
    assert trim_left(value) == expected


@pytest.mark.parametrize("value", [b"", b"a b "])
def test_trim_left_gives_the_same_object_back(value: bytes) -> None:
    assert trim_left(value) is value
