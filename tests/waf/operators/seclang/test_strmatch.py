from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.strmatch import StrMatch


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"ab", b"cab", (1, 3)),
        (b"AB", b"cab", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert StrMatch(argument).find(value) == span
