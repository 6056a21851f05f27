from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.gt import Gt


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"5", b"6", (0, 1)),
        (b"5", b"5", None),
        (b"5", b"1111111111111111111111111111111111111111", (0, 40)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Gt(argument).find(value) == span
