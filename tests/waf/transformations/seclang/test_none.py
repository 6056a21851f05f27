from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.none import none


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a", b"a"),
    ],
)
def test_none(value: bytes, expected: bytes) -> None:
    assert none(value) == expected


@pytest.mark.parametrize("value", [b"", b"\x00\xff A"])
def test_none_gives_the_same_object_back(value: bytes) -> None:
    assert none(value) is value
