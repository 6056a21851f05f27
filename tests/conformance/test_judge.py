from __future__ import annotations

import pytest

from edgeguard.conformance.cases import Expectation, Outcome
from edgeguard.conformance.judge import compiled, faults

GOT = Outcome(status=200, ids=("1", "2"), lines=('[id "1"] [msg "a"]', '[id "2"]'), response=b"HTTP/1.1 200 OK\r\n\r\nhello")


@pytest.mark.parametrize(
    "expected",
    [
        Expectation(),
        Expectation(status=(403, 200)),
        Expectation(expect_ids=("2", "1")),
        Expectation(no_expect_ids=("3",)),
        Expectation(match_regex='id "1"'),
        Expectation(no_match_regex="id.*id"),
        Expectation(response_contains="200 OK[^z]+hel*o"),
    ],
)
def test_what_is_as_expected_has_no_faults(expected: Expectation) -> None:
    assert faults(expected, GOT) == []


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Expectation(status=(403,)), "status 403 was expected, 200 came"),
        (Expectation(expect_ids=("1", "3")), "rule 3 was expected to match"),
        (Expectation(no_expect_ids=("2",)), "rule 2 was expected not to match"),
        (Expectation(match_regex='id "3"'), 'a line of the log was expected to hold id "3"'),
        (Expectation(no_match_regex="msg"), "no line of the log was expected to hold msg"),
        (Expectation(response_contains="bye"), "the response was expected to contain bye"),
        (Expectation(isolated=True), "one rule alone was expected to match, 2 did"),
        (Expectation(expect_error=True), "no answer was expected, 200 came"),
    ],
)
def test_what_is_not_as_expected_is_told(expected: Expectation, told: str) -> None:
    assert faults(expected, GOT) == [told]


def test_every_fault_is_told() -> None:
    assert len(faults(Expectation(status=(403,), expect_ids=("3", "4"), no_expect_ids=("1",)), GOT)) == 4


def test_where_no_answer_comes_nothing_else_is_looked_at() -> None:
    silent = Outcome(error="too late")
    assert faults(Expectation(expect_error=True, status=(400,), expect_ids=("1",)), silent) == []
    assert faults(Expectation(no_expect_ids=("1",)), silent) == ["an answer was expected: too late"]


def test_one_rule_alone() -> None:
    assert faults(Expectation(isolated=True), Outcome(200, ids=("1", "1"))) == []


def test_rules_that_the_log_does_not_name_are_told_of() -> None:
    (fault,) = faults(Expectation(expect_ids=("9",)), Outcome(200, ids=("1",), untold=3))
    assert fault == "rule 9 was expected to match; 3 more did than the log names"


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="no expression"):
        compiled("(")
