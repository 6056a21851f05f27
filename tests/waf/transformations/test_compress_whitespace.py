from __future__ import annotations

import pytest

from edgeguard.waf.transformations.compress_whitespace import compress_whitespace


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" a\t\x0b b", b" a b"),
        (
            b"a" + b" " * 1000 + b"b",
            b"a b",
        ),
        (b"\n\r\x0c", b" "),
    ],
)
def test_compress_whitespace(value: bytes, expected: bytes) -> None:
    assert compress_whitespace(value) == expected


@pytest.mark.parametrize("value", [b"", b"a b c"])
def test_compress_whitespace_gives_the_same_object_back(value: bytes) -> None:
    assert compress_whitespace(value) is value
