from __future__ import annotations

import pytest

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.begins_with import BeginsWith


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"ab", b"abc", (0, 2)),
        (b"ab", b"cab", None),
        (b"ab", b"AB", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert BeginsWith(argument).find(value) == span


def test_the_gate_ends_where_the_value_ends() -> None:
    gate = Gate(BeginsWith(b"ab").gate or ())
    assert gate.hits(b"abc")
    assert not gate.hits(b"cab")


def test_the_empty_text_is_in_every_value() -> None:
    operator = BeginsWith(b"")
    assert operator.gate is None
    assert operator.find(b"x") == (0, 0)
