from __future__ import annotations

import pytest

from edgeguard.waf.transformations.sql_hex_decode import sql_hex_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"user=0x61646D696E--", b"user=admin--"),
        (b"0X414", b"A4"),
        (b"0x41420x43", b"ABC"),
        (b"0x410x42", b"AB"),
        (b"00x41", b"0A"),
        (b"0x4100x42", b"A\x00x42"),
    ],
)
def test_sql_hex_decode(value: bytes, expected: bytes) -> None:
    assert sql_hex_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"0x", b"0x4", b"0xzz", b"10 x 20"])
def test_sql_hex_decode_gives_the_same_object_back(value: bytes) -> None:
    assert sql_hex_decode(value) is value
