"""Each case of the shared vectors of SecLang's operators. Those left out stand in a table, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from seclang_vectors import read_vectors, vectors_folder

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.registry import make_seclang_operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest.mark import ParameterSet
    from seclang_vectors import Vector

FOLDER = vectors_folder("operators")
CASES = list(read_vectors(FOLDER))

# Cases that are not expected to pass: the name of an operator, or one case's label, and why.
LEFT_OUT: dict[str, str] = {
    "geoLookup": "needs a database of addresses and countries",
}
# Cases whose argument is refused when rules are loaded, where others would have an operator that never matches.
REFUSED: dict[str, str] = {
    "ipMatch-16": "an IPv4 network has 32 bits at most",
}
# Cases that fail and should not.
FAILING: dict[str, str] = {
    "detectSQLi-2": "calls of functions within each other, and nothing else, are not seen as SQL",
}


def param_of(case: Vector) -> bytes:
    """As it is, or of files the name of the one beside the vectors."""
    return case.param.rpartition(b"operators/")[2] if case.name == "pmFromFile" else case.param


def is_among(few: Sequence[bytes], many: Sequence[bytes]) -> bool:
    rest = iter(many)
    return all(one in rest for one in few)


def kept(case: Vector) -> bool:
    return case.name not in LEFT_OUT and case.label not in LEFT_OUT


def marked(case: Vector) -> ParameterSet:
    reason = FAILING.get(case.label)
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
    return pytest.param(case, id=case.label, marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES if kept(case)])
def test_vector(case: Vector) -> None:
    if case.label in REFUSED:
        with pytest.raises(Refused):
            make_seclang_operator(case.name, param_of(case), FOLDER)
        return
    operator = make_seclang_operator(case.name, param_of(case), FOLDER)
    holds = operator.find(case.input) is not None
    assert holds == (case.ret == 1)
    if holds and case.groups is not None:
        groups = operator.groups(case.input)
        if case.name == "rxGlobal":  # whose cases tell the groups of some of the matches
            assert is_among(case.groups, groups)
        else:
            assert groups == case.groups[:10]
    if holds and operator.gate is not None:
        gate = Gate(operator.gate)
        assert gate.ungated or gate.hits(case.input)


def test_nothing_is_left_out_that_is_not_there() -> None:
    known = {case.name for case in CASES} | {case.label for case in CASES}
    assert not {*LEFT_OUT, *REFUSED, *FAILING} - known


def test_as_many_as_there_are() -> None:
    assert len(CASES) > 3900
