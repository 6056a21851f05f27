from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.verify_ssn import VerifySSN


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"\\d{3}-?\\d{2}-?\\d{4}", b"a 219-09-9999", (2, 13)),
        (b"\\d{9}", b"666123456", None),
        (b"\\d{9}", b"740123456", None),
        (b"\\d{9}", b"000123456", None),
        (b"\\d{9}", b"219009999", None),
        (b"\\d{9}", b"219090000", None),
        (b"\\d{9}", b"123456789", None),
        (b"\\d{9}", b"333333333", None),
        (b"\\d{8}", b"21909999", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert VerifySSN(argument).find(value) == span
