from __future__ import annotations

import pytest

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.contains import Contains


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"ab", b"cab", (1, 3)),
        (b"ab", b"cAb", None),
        (b"ab", b"a", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Contains(argument).find(value) == span


def test_the_gate_ends_where_the_value_ends() -> None:
    gate = Gate(Contains(b"ab").gate or ())
    assert gate.hits(b"cab")
    assert not gate.hits(b"cba")


def test_the_empty_text_is_in_every_value() -> None:
    operator = Contains(b"")
    assert operator.gate is None
    assert operator.find(b"x") == (0, 0)
