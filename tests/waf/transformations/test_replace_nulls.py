from __future__ import annotations

import pytest

from edgeguard.waf.transformations.replace_nulls import replace_nulls


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"or\x00 1", b"or  1"),
        (b"\x00\x00", b"  "),
    ],
)
def test_replace_nulls(value: bytes, expected: bytes) -> None:
    assert replace_nulls(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain"])
def test_replace_nulls_gives_the_same_object_back(value: bytes) -> None:
    assert replace_nulls(value) is value
