from __future__ import annotations

import pytest

from edgeguard.waf.transformations.trim import trim


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" a b\n", b"a b"),
        (b"\x0b\t", b""),
    ],
)
def test_trim(value: bytes, expected: bytes) -> None:
    assert trim(value) == expected


@pytest.mark.parametrize("value", [b"", b"a b"])
def test_trim_gives_the_same_object_back(value: bytes) -> None:
    assert trim(value) is value
