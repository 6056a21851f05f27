from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.verify_cc import VerifyCC


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"\\d{13,16}", b"card 4111111111111111 ok", (5, 21)),
        (b"\\b\\d{16}\\b", b"4111111111111112", None),
        (b"\\d{4}(?:-\\d{4}){3}", b"x 4111-1111-1111-1111", (2, 21)),
        (b"[a-z]+", b"none", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert VerifyCC(argument).find(value) == span
