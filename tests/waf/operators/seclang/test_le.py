from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.le import Le


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"5", b"5", (0, 1)),
        (b"5", b"6", None),
        (b"0", b"x", (0, 1)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Le(argument).find(value) == span
