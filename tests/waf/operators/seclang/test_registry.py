from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS, OperatorLeftOut, make_seclang_operator

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", sorted(SECLANG_OPERATORS))
def test_each_operator_has_its_doc_block(name: str) -> None:
    made = SECLANG_OPERATORS[name]
    doc = importlib.import_module(made.__module__).__doc__ or ""
    assert f"`@{name}`" in doc.partition(":")[0].lower()
    for part in ("\nArgument", "\nResult: ", "\nExample: `SecRule "):
        assert part in doc


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_left_out_says_why(name: str) -> None:
    with pytest.raises(OperatorLeftOut, match=f"(?i)^@{name} "):
        make_seclang_operator(name.upper(), b"")


def test_the_case_of_names_does_not_count() -> None:
    assert make_seclang_operator("BeginsWith", b"a").find(b"ab") == (0, 1)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused, match="unknown operator '@beginWith'; did you mean '@beginswith'"):
        make_seclang_operator("beginWith", b"a")


def test_files_are_looked_for_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_bytes(b"one\n")
    assert make_seclang_operator("pmf", b"a.data", tmp_path).find(b"ONE") == (0, 3)


@given(
    st.sampled_from(["beginsWith", "contains", "containsWord", "endsWith", "streq", "strmatch", "pm", "within"]),
    st.text(alphabet="ab. \n", min_size=1, max_size=4).filter(str.strip),
    st.binary(max_size=3),
    st.binary(max_size=3),
)
def test_the_gate_sees_whatever_an_operator_finds(name: str, text: str, before: bytes, after: bytes) -> None:
    operator = make_seclang_operator(name, text.encode())
    gate = Gate(operator.gate or ())
    for value in (text.encode(), before + text.encode() + after, before + text.encode(), text.encode() + after):
        if operator.gate is not None and operator.find(value) is not None:
            assert gate.ungated or gate.hits(value)
