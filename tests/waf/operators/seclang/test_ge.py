from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.ge import Ge


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"5", b"5", (0, 1)),
        (b"5", b"4", None),
        (b"-1", b"x", (0, 1)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Ge(argument).find(value) == span
