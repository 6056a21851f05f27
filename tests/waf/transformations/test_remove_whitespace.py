from __future__ import annotations

import pytest

from edgeguard.waf.transformations.remove_whitespace import remove_whitespace


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"java \tscript:\n", b"javascript:"),
    ],
)
def test_remove_whitespace(value: bytes, expected: bytes) -> None:
    assert remove_whitespace(value) == expected


@pytest.mark.parametrize("value", [b"", b"abc"])
def test_remove_whitespace_gives_the_same_object_back(value: bytes) -> None:
    assert remove_whitespace(value) is value
