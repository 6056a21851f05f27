from __future__ import annotations

import pytest

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.streq import StrEq


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"ab", b"ab", (0, 2)),
        (b"ab", b"abc", None),
        (b"ab", b"AB", None),
        (b"", b"", (0, 0)),
        (b"", b"a", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert StrEq(argument).find(value) == span


def test_the_gate_looks_for_the_whole() -> None:
    gate = Gate(StrEq(b"ab").gate or ())
    assert gate.hits(b"ab")
    assert not gate.hits(b"abc")
    assert not gate.hits(b"cab")
