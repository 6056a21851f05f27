from __future__ import annotations

import pytest

from edgeguard.waf.transformations.md5 import md5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\t\x98\xec\xf8B~"),
        (b"abc", b"\x90\x01P\x98<\xd2O\xb0\xd6\x96?}(\xe1\x7fr"),
    ],
)
def test_md5(value: bytes, expected: bytes) -> None:
    assert md5(value) == expected
