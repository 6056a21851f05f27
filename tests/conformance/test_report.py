from __future__ import annotations

import json

from edgeguard.conformance.cases import Case, Expectation, Input, Outcome, Stage
from edgeguard.conformance.overrides import Override
from edgeguard.conformance.report import Report, Result, shown

STAGE = Stage(Input(), Expectation())
CASE = Case("100-1", "100.yaml", (STAGE,))
OUTCOME = Outcome(status=200, ids=("7", "8"), lines=('[id "7"]',), sent=b"GET /\r\n\xff" + b"x" * 1000)


def test_sums() -> None:
    results = [Result(CASE, verdict, 1, OUTCOME) for verdict in ("passed", "passed", "explained", "failed")]
    report = Report(tuple(results))
    assert report.summary() == "passed 2 of 4, explained 1, failed 1"
    assert not report.good
    assert Report(tuple(results[:3])).good


def test_no_tests_are_no_success() -> None:
    assert Report().summary() == "passed 0 of 0, explained 0, failed 0"
    assert not Report().good


def test_a_failing_test_is_told_with_all_that_helps() -> None:
    lines = list(Result(CASE, "failed", 1, OUTCOME, ("rule 9 was expected to match",)).lines())
    assert lines[:3] == [
        "failed 100-1  (100.yaml)",
        "  expected: rule 9 was expected to match",
        "  matched:  7 8; status 200",
    ]
    assert lines[3].startswith("  request:  GET /\\r\\n\\xffxxx")
    assert len(lines[3]) < 700


def test_the_whole_of_it() -> None:
    case = Case("100-1", "100.yaml", (STAGE, STAGE))
    lines = list(Result(case, "explained", 2, OUTCOME, ("x",), "because\n  so").lines(whole=True))
    assert lines[0] == "explained 100-1  (100.yaml, stage 2)"
    assert "  reason:   because so" in lines
    assert lines[-2].endswith("x" * 1000)
    assert lines[-1] == '  log:      [id "7"]'


def test_lines_for_machines() -> None:
    result = json.loads(Result(CASE, "failed", 1, OUTCOME, ("x",)).json())
    assert (result["test"], result["verdict"], result["matched"], result["faults"]) == ("100-1", "failed", ["7", "8"], ["x"])
    sums = json.loads(Report((Result(CASE, "passed", 1, OUTCOME),), (Override("1-1", "r"),)).summary_json())
    assert (sums["passed"], sums["of"], sums["failed"], sums["stale"]) == (1, 1, 0, ["1-1"])


def test_octets_are_shown_on_one_line() -> None:
    assert shown(b"a\r\n\x00\xe9\\") == "a\\r\\n\\x00\\xe9\\\\"
