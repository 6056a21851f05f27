from __future__ import annotations

import pytest

from edgeguard.waf.transformations.lowercase import lowercase


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"SeLeCT \xc3\x84", b"select \xc3\x84"),
    ],
)
def test_lowercase(value: bytes, expected: bytes) -> None:
    assert lowercase(value) == expected


@pytest.mark.parametrize("value", [b"", b"already lower 1"])
def test_lowercase_gives_the_same_object_back(value: bytes) -> None:
    assert lowercase(value) is value
