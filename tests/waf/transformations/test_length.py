from __future__ import annotations

import pytest

from edgeguard.waf.transformations.length import length


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", b"0"),
        (b"four", b"4"),
        (
            b"x" * 1234,
            b"1234",
        ),
    ],
)
def test_length(value: bytes, expected: bytes) -> None:
    assert length(value) == expected


@pytest.mark.parametrize("value", [b"1"])
def test_length_gives_the_same_object_back(value: bytes) -> None:
    assert length(value) is value
