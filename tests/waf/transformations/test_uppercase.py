from __future__ import annotations

import pytest

from edgeguard.waf.transformations.uppercase import uppercase


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"SeLeCT \xc3\xa4", b"SELECT \xc3\xa4"),
    ],
)
def test_uppercase(value: bytes, expected: bytes) -> None:
    assert uppercase(value) == expected


@pytest.mark.parametrize("value", [b"", b"SELECT 1"])
def test_uppercase_gives_the_same_object_back(value: bytes) -> None:
    assert uppercase(value) is value
