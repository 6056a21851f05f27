"""Holds what came of a request to what a test expects of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import re2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.conformance.cases import Expectation, Outcome


def faults(expected: Expectation, outcome: Outcome) -> list[str]:
    """What was expected and is not so, a line each; empty where the test passes."""
    if expected.expect_error:
        return [] if outcome.error else [f"no answer was expected, {outcome.status} came"]
    if outcome.error:
        return [f"an answer was expected: {outcome.error}"]
    wrong = []
    if expected.status and outcome.status not in expected.status:
        wrong.append(f"status {' or '.join(map(str, expected.status))} was expected, {outcome.status} came")
    if expected.response_contains and not found(expected.response_contains, [outcome.response.decode("utf-8", "replace")]):
        wrong.append(f"the response was expected to contain {expected.response_contains}")
    return wrong + _log_faults(expected, outcome)


def found(expression: str, lines: Iterable[str]) -> bool:
    """Whether a line holds what `expression`, of a test's author, looks for."""
    pattern = compiled(expression)
    return any(pattern.search(line) is not None for line in lines)


@cache
def compiled(expression: str) -> Any:
    """An expression of a test.

    Raises:
        ValueError: it is none.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        raise ValueError(f"{expression}: no expression: {error}") from None


def _log_faults(expected: Expectation, outcome: Outcome) -> list[str]:
    matched = set(outcome.ids)
    untold = f"; {outcome.untold} more did than the log names" if outcome.untold else ""
    wrong = [f"rule {rule} was expected to match{untold}" for rule in expected.expect_ids if rule not in matched]
    wrong += [f"rule {rule} was expected not to match" for rule in expected.no_expect_ids if rule in matched]
    if expected.match_regex and not found(expected.match_regex, outcome.lines):
        wrong.append(f"a line of the log was expected to hold {expected.match_regex}")
    if expected.no_match_regex and found(expected.no_match_regex, outcome.lines):
        wrong.append(f"no line of the log was expected to hold {expected.no_match_regex}")
    if expected.isolated and len(matched) != 1:
        wrong.append(f"one rule alone was expected to match, {len(matched)} did")
    return wrong
