from __future__ import annotations

import pytest

from edgeguard.waf.seclang.syntax import Configuration, Operation, Place, Variable


def test_a_place_is_told_as_editors_take_it() -> None:
    assert str(Place("a.conf", 3)) == "a.conf:3"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (Variable("ARGS"), "ARGS"),
        (Variable("ARGS", "a", count=True), "&ARGS:a"),
        (Variable("ARGS", "^a", pattern=True, excluded=True), "!ARGS:/^a/"),
    ],
)
def test_a_variable_is_told_as_it_is_written(variable: Variable, text: str) -> None:
    assert str(variable) == text


def test_an_operation_is_told_as_it_is_written() -> None:
    assert str(Operation("rx", "^a")) == "@rx ^a"
    assert str(Operation("detectsqli", negated=True)) == "!@detectsqli"


def test_no_two_configurations_share_their_components() -> None:
    one = Configuration()
    one.component_signatures.append("a")
    assert Configuration().component_signatures == []
