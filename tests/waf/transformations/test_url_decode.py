from __future__ import annotations

import pytest

from edgeguard.waf.transformations.url_decode import url_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a%27+or%201%", b"a' or 1%"),
        (b"%2", b"%2"),
        (b"%zz%41", b"%zzA"),
        (b"%2527", b"%27"),
        (b"%c3%A4", b"\xc3\xa4"),
        (b"%%41", b"%A"),
    ],
)
def test_url_decode(value: bytes, expected: bytes) -> None:
    assert url_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"100%", b"%zz"])
def test_url_decode_gives_the_same_object_back(value: bytes) -> None:
    assert url_decode(value) is value
