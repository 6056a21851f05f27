from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.eq import Eq


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"5", b"5", (0, 1)),
        (b"5", b"5 apples", (0, 8)),
        (b"x", b"y", (0, 1)),
        (b"5", b"6", None),
        (b"-5", b" -5", (0, 3)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Eq(argument).find(value) == span
