from __future__ import annotations

import pytest

from edgeguard.waf.explain.docs import operator_line, spelled, transformation_line
from edgeguard.waf.operators.registry import OPERATORS
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS


@pytest.mark.parametrize("name", sorted(SECLANG_OPERATORS))
def test_each_operator_of_seclang_has_a_line_and_a_spelling(name: str) -> None:
    assert operator_line(name, seclang=True)
    assert spelled(name).lower() == name


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_each_operator_has_a_line(name: str) -> None:
    assert operator_line(name, seclang=False)


@pytest.mark.parametrize("name", sorted({*SECLANG, *TRANSFORMATIONS}))
def test_each_transformation_has_a_line(name: str) -> None:
    assert transformation_line(name)


def test_those_that_are_left_out_say_why() -> None:
    assert operator_line("rbl", seclang=True) == LEFT_OUT["rbl"]
    assert operator_line("unheardof", seclang=True) == ""


def test_names_as_their_authors_write_them() -> None:
    assert spelled("detectsqli") == "detectSQLi"
    assert spelled("unheardof") == "unheardof"
