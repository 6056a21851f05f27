from __future__ import annotations

import pytest

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.ends_with import EndsWith


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"ab", b"cab", (1, 3)),
        (b"ab", b"abc", None),
        (b"ab", b"b", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert EndsWith(argument).find(value) == span


def test_the_gate_ends_where_the_value_ends() -> None:
    gate = Gate(EndsWith(b"ab").gate or ())
    assert gate.hits(b"cab")
    assert not gate.hits(b"abc")


def test_the_empty_text_is_in_every_value() -> None:
    operator = EndsWith(b"")
    assert operator.gate is None
    assert operator.find(b"x") == (1, 1)
