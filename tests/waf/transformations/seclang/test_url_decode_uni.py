from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.url_decode_uni import MappedUrlDecodeUni, url_decode_uni


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"%u003cscript%3e+%uff1c", b"<script> <"),
        (b"%u20ac%UFF5F", b"\xac_"),
        (b"%u12", b"%u12"),
        (b"%2b+", b"+ "),
        (b"%u00zz%%41", b"%u00zz%A"),
    ],
)
def test_url_decode_uni(value: bytes, expected: bytes) -> None:
    assert url_decode_uni(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"50%", b"%u and %u12"])
def test_url_decode_uni_gives_the_same_object_back(value: bytes) -> None:
    assert url_decode_uni(value) is value


def test_a_map_goes_before_the_low_byte() -> None:
    decode = MappedUrlDecodeUni({0x2019: b"'"})
    assert decode(b"a%u2019%u201a%uff1c%27+") == b"a'\x1a<' "
    assert decode(value := b"50%") is value
