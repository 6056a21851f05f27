from __future__ import annotations

import pytest

from edgeguard.waf.transformations.sha1 import sha1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", b"\xda9\xa3\xee^kK\r2U\xbf\xef\x95`\x18\x90\xaf\xd8\x07\t"),
        (b"abc", b"\xa9\x99>6G\x06\x81j\xba>%qxP\xc2l\x9c\xd0\xd8\x9d"),
    ],
)
def test_sha1(value: bytes, expected: bytes) -> None:
    assert sha1(value) == expected
