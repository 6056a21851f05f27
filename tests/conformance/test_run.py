from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.conformance.cases import Case, Expectation, Input, Stage
from edgeguard.conformance.overrides import Override
from edgeguard.conformance.run import chosen, run, run_in_process, run_on_wire

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf import Ruleset

ATTACK = Input(uri="/?q=attackword", headers=(("Host", "h"),))
GOOD = Input(headers=(("Host", "h"),))


def case(ident: str, *stages: tuple[Input, Expectation]) -> Case:
    return Case(ident, "t.yaml", tuple(Stage(*stage) for stage in stages))


MATCHES = case("1-1", (ATTACK, Expectation(expect_ids=("t-word",))))
PASSES = case("1-2", (GOOD, Expectation(no_expect_ids=("t-word",))))
FAILS = case("2-1", (GOOD, Expectation(expect_ids=("t-word",))))
SECOND = case("3-1", (GOOD, Expectation()), (ATTACK, Expectation(no_expect_ids=("t-word",))))


def test_each_test_comes_out(ruleset: Ruleset) -> None:
    report = run_in_process(ruleset, [MATCHES, PASSES, FAILS, SECOND])
    assert [result.verdict for result in report.results] == ["passed", "passed", "failed", "failed"]
    assert report.results[2].faults == ("rule t-word was expected to match",)
    assert report.results[3].stage == 2
    assert b"attackword" in report.results[3].outcome.sent


@pytest.mark.parametrize(
    ("override", "verdict"),
    [
        (Override("2-1", "r"), "explained"),
        (Override("2-*", "r", "in-process"), "explained"),
        (Override("2-1", "r", "wire"), "failed"),
        (Override("2-1", "r", expect=Expectation(status=(200,))), "explained"),
        (Override("2-1", "r", expect=Expectation(status=(405,))), "failed"),
        (Override("2-2", "r"), "failed"),
    ],
)
def test_an_override_explains_what_it_speaks_of(ruleset: Ruleset, override: Override, verdict: str) -> None:
    (result,) = run_in_process(ruleset, [FAILS], [override]).results
    assert result.verdict == verdict
    assert result.faults == ("rule t-word was expected to match",)
    assert result.reason == ("r" if verdict == "explained" else "")


def test_the_next_override_may_explain_what_one_does_not(ruleset: Ruleset) -> None:
    overrides = [Override("*", "refused", expect=Expectation(status=(400,))), Override("2-1", "known")]
    assert run_in_process(ruleset, [FAILS], overrides).results[0].reason == "known"


def test_an_explained_stage_does_not_hide_a_later_one(ruleset: Ruleset) -> None:
    wrong = (GOOD, Expectation(expect_ids=("t-word",)))
    (result,) = run_in_process(ruleset, [case("4-1", wrong, wrong)], [Override("4-1-1", "r")]).results
    assert (result.verdict, result.stage) == ("failed", 2)


def test_overrides_that_nothing_needs_are_stale(ruleset: Ruleset) -> None:
    needed, passed, absent, elsewhere = (
        Override("2-*", "r"), Override("1-1", "r"), Override("9-9", "r"), Override("1-1", "r", "wire"),
    )  # fmt: skip
    report = run_in_process(ruleset, [MATCHES, FAILS], [needed, passed, absent, elsewhere])
    assert report.stale == (passed, absent)


def test_a_stage_follows_the_answer_before(ruleset: Ruleset) -> None:
    first = Input(
        method="POST", uri="/reflect", headers=(("Host", "h"), ("Content-Type", "application/json")),
        data=b'{"status": 302, "headers": {"Location": "/never"}}',
    )  # fmt: skip
    second = Input(headers=(("Host", "h"),), follow_redirect=True)
    both = case("5-1", (first, Expectation(status=(302,))), (second, Expectation(expect_ids=("t-path",))))
    assert run_in_process(ruleset, [both]).passed == 1


@pytest.mark.parametrize(
    ("only", "ids"),
    [((), ["1-1", "1-2", "2-1"]), (("1",), ["1-1", "1-2"]), (("1-2", "2"), ["1-2", "2-1"]), (("*-1",), ["1-1", "2-1"])],
)
def test_which_tests_are_run(only: tuple[str, ...], ids: list[str]) -> None:
    assert [item.id for item in chosen([MATCHES, PASSES, FAILS], only)] == ids


def test_no_tests_are_an_empty_report(tmp_path: Path) -> None:
    assert not run(tmp_path, tmp_path).good


@pytest.mark.slow
def test_the_same_through_a_running_edge(tmp_path: Path, rules: str) -> None:
    (tmp_path / "rules.yaml").write_text(rules)
    late = case("6-1", (Input(method="POST", headers=(("Host", "h"), ("Content-Length", "9"))), Expectation(expect_error=True)))
    refused = case("7-1", (Input(version="HTTP/0.8"), Expectation(status=(400,), no_expect_ids=("t-path",))))
    shown = case("8-1", (ATTACK, Expectation(match_regex=r'\[id "t-word"\].*attackword')))
    cases = [MATCHES, PASSES, FAILS, SECOND, late, refused, shown]
    report = run_on_wire(Waf(rules=[str(tmp_path / "rules.yaml")]), cases, [Override("2-1", "r", "wire")])
    assert [result.verdict for result in report.results] == [
        "passed", "passed", "explained", "failed", "passed", "passed", "passed",
    ]  # fmt: skip
