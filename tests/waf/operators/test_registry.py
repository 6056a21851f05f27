from __future__ import annotations

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.registry import OPERATORS, make_operator

_FILES = {"in": "is_in"}


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_each_operator_has_its_doc_block(name: str) -> None:
    doc = importlib.import_module(f"edgeguard.waf.operators.{_FILES.get(name, name)}").__doc__ or ""
    assert doc.startswith(f"`{name}`: ")
    for part in ("\nArguments: ", "\nResult: ", "\nExample: `{"):
        assert part in doc


@pytest.mark.parametrize("name", ["count", "exists", "greater", "less"])
def test_some_take_one_argument(name: str) -> None:
    with pytest.raises(Refused, match="one argument"):
        make_operator(name, [1, 2])


def test_an_argument_is_needed() -> None:
    with pytest.raises(Refused, match="needs an argument"):
        make_operator("contains", [])


def test_nothing_is_all_of_several() -> None:
    with pytest.raises(Refused, match="in: "):
        make_operator("in", ["a", "b"], all_of=True)


@given(
    st.sampled_from(["equals", "contains", "contains_word", "starts_with", "ends_with", "in"]),
    st.text(min_size=1),
    st.binary(),
    st.binary(),
)
def test_the_gate_sees_whatever_an_operator_finds(name: str, text: str, before: bytes, after: bytes) -> None:
    operator = make_operator(name, [text])
    gate = Gate(operator.gate or ())
    for value in (text.encode(), before + text.encode() + after, before + text.encode(), text.encode() + after):
        if operator.find(value) is not None:
            assert gate.ungated or gate.hits(value)
