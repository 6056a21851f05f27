from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.matches import Matches


def test_the_dot_takes_line_ends_and_bytes_are_latin_1() -> None:
    assert Matches("a.b").find(b"a\nb") == (0, 3)
    assert Matches(r"\xff").find(b"\xff") == (0, 1)


def test_case_counts_unless_told() -> None:
    assert Matches("abc").find(b"ABC") is None
    assert Matches("(?i)abc").find(b"xABC") == (1, 4)


@pytest.mark.parametrize("argument", ["", 5, None, "(", "(?<=a)b", r"(a)\1"])
def test_what_is_no_pattern_is_refused(argument: object) -> None:
    with pytest.raises(Refused):
        Matches(argument)


def test_nested_repetition_stays_linear() -> None:
    # A backtracking engine would not come back from this one.
    assert Matches("(a+)+$").find(b"a" * 50_000 + b"b") is None
