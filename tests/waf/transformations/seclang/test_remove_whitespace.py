from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.remove_whitespace import remove_whitespace


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"java \tscript\xc2\xa0:\n", b"javascript:"),
        (b"\xc2\xa9", b"\xa9"),
    ],
)
def test_remove_whitespace(value: bytes, expected: bytes) -> None:
    assert remove_whitespace(value) == expected


@pytest.mark.parametrize("value", [b"", b"abc", b"\xc3\xa9"])
def test_remove_whitespace_gives_the_same_object_back(value: bytes) -> None:
    assert remove_whitespace(value) is value
