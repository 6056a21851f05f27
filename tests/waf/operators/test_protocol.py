from __future__ import annotations

from edgeguard.waf.operators.contains import Contains
from edgeguard.waf.operators.greater import Greater
from edgeguard.waf.operators.protocol import AllOf, AnyOf


def test_any_of_gives_the_first_that_holds() -> None:
    assert AnyOf([Contains("x"), Contains("b")]).find(b"ab") == (1, 2)
    assert AnyOf([Contains("x"), Contains("y")]).find(b"ab") is None


def test_all_of_wants_all_in_one_value() -> None:
    assert AllOf([Contains("a"), Contains("b")]).find(b"ab") == (1, 2)
    assert AllOf([Contains("a"), Contains("c")]).find(b"ab") is None


def test_any_of_has_a_gate_only_where_each_part_has_one() -> None:
    assert len(AnyOf([Contains("x"), Contains("y")]).gate or ()) == 2
    assert AnyOf([Contains("x"), Greater(1)]).gate is None


def test_all_of_needs_one_part_with_a_gate() -> None:
    assert AllOf([Greater(1), Contains("x")]).gate == Contains("x").gate
    assert AllOf([Greater(1), Greater(2)]).gate is None
