from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.narrow import narrow


@pytest.mark.parametrize(
    ("code", "octet"),
    [
        (0x41, b"A"),
        (0x20AC, b"\xac"),
        (0xFF00, b"\0"),
        (0xFF01, b"!"),
        (0xFF5E, b"~"),
        (0xFF5F, b"_"),
        (0xFFFF, b"\xff"),
        (0x1FF01, b"\x01"),
    ],
)
def test_narrow(code: int, octet: bytes) -> None:
    assert narrow(code) == octet
