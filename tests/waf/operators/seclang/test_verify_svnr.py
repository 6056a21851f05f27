from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.verify_svnr import VerifySVNR


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"\\d{4} ?\\d{6}", b"a 1237 010180", (2, 13)),
        (b"\\d{10}", b"1238010180", None),
        (b"\\d{10}", b"0000000000", None),
        (b"\\d{9}", b"123701018", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert VerifySVNR(argument).find(value) == span
