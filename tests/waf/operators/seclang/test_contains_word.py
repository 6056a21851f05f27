from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.contains_word import ContainsWord


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"cat", b"cat", (0, 3)),
        (b"cat", b"concat cat", (7, 10)),
        (b"cat", b"cats", None),
        (b"cat", b"9cat_", (1, 4)),
        (b"Cat", b"cat", None),
        (b"aa", b"aaaa", None),
        (b"", b"x", (0, 0)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert ContainsWord(argument).find(value) == span
