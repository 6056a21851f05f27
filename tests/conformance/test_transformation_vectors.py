"""Every case of the shared SecLang vectors for transformations."""

from __future__ import annotations

import pytest
from seclang_vectors import Vector, read_vectors, vectors_folder

from edgeguard.waf.transformations.registry import SECLANG

CASES = list(read_vectors(vectors_folder("transformations")))

UP_TO_NUL = {
    "cssDecode-3": "a backslash before NUL and two spaces cannot become NUL and one; "
    "the harness of the vectors reads C strings, and never gets there",
}
"""Cases that are held to as far as the first NUL byte only, each with its reason. None is left out."""


def test_all_cases_are_there_and_the_exceptions_among_them() -> None:
    assert len(CASES) == 374
    assert UP_TO_NUL.keys() <= {case.label for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_vector(case: Vector) -> None:
    value, expected = case.input, case.output
    assert expected is not None
    if case.label in UP_TO_NUL:
        value, expected = value.partition(b"\0")[0], expected.partition(b"\0")[0]
    made = SECLANG[case.name.lower()].apply(value)
    assert made == expected
    assert made is value or made != value
