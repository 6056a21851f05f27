from __future__ import annotations

import pytest

from edgeguard.waf.condition import parse
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("text", "truths", "expected"),
    [
        ("a and b or c", "c", True),
        ("a and (b or c)", "c", False),
        ("a or b and c", "a", True),
        ("not a and b", "b", True),
        ("not (a or b)", "", True),
        ("not not a", "a", True),
        ("a and not b", "ab", False),
    ],
)
def test_precedence(text: str, truths: str, expected: bool) -> None:
    names = [name for name in "abc" if name in text.replace("and", "").replace("not", "").replace("or", "")]
    assert parse(text, names).holds(lambda name: name in truths) is expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("a and b", {"a": False, "b": None}, False),
        ("a and b", {"a": True, "b": None}, None),
        ("a or b", {"a": True, "b": None}, True),
        ("a or b", {"a": False, "b": None}, None),
        ("not a and b", {"a": None, "b": True}, None),
        ("not a and b", {"a": False, "b": True}, True),
        ("a and not b", {"a": False, "b": None}, False),
    ],
)
def test_three_values(text: str, known: dict[str, bool | None], expected: bool | None) -> None:
    assert parse(text, known).perhaps(known.__getitem__) is expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the end"),
        ("a and", "the end"),
        ("a b", "'b' is not expected"),
        ("(a", "not closed"),
        ("a)", "not expected"),
        ("and a", "not 'and'"),
        ("a or x", "unknown selection 'x'"),
        ("not " * 40 + "a", "nested deeper"),
        ("a", "'b' is never used"),
    ],
)
def test_what_is_no_condition(text: str, told: str) -> None:
    with pytest.raises(Refused, match=told.replace("(", r"\(")):
        parse(text, ["a", "b"])


def test_negation_is_known() -> None:
    assert parse("a and (b or not c)", "abc").negates
    assert not parse("a and (b or c)", "abc").negates
