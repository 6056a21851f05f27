from __future__ import annotations

import pytest

from edgeguard.observe.samples.recorded import Then
from edgeguard.replay.diff import THRESHOLD, Diff, judged_then
from edgeguard.replay.judgement import PASS, Held, Judgement

BLOCKED = Judgement("blocked", 403, 5, (Held("a", "A", "path", "x", 5),))
SCORED = Judgement("pass", 0, 3, (Held("b", "B", "path", "x", 3),))
SHADOW = Judgement("shadow", 0, 5, (Held("a", "A", "path", "x", 5),))
REFUSED = Judgement("refused", 400, 0, (Held("refused:bad"),))


@pytest.mark.parametrize(
    ("before", "after", "kind", "rules"),
    [
        (PASS, BLOCKED, "newly_blocked", ["a"]),
        (SCORED, BLOCKED, "newly_blocked", ["a"]),
        (SHADOW, BLOCKED, "newly_blocked", [THRESHOLD]),
        (BLOCKED, PASS, "newly_passed", ["a"]),
        (BLOCKED, SCORED, "newly_passed", ["a"]),
        (PASS, REFUSED, "newly_blocked", ["refused:bad"]),
        (PASS, SHADOW, "newly_shadowed", ["a"]),
        (SHADOW, PASS, "newly_passed", ["a"]),
        (PASS, SCORED, "score_moved", ["b"]),
        (BLOCKED, Judgement("blocked", 403, 8, (*BLOCKED.held, *SCORED.held)), "score_moved", ["b"]),
        (SCORED, Judgement("pass", 0, 3, (Held("c", score=3),)), "told_otherwise", ["b", "c"]),
        (BLOCKED, Judgement("blocked", 429, 5, BLOCKED.held), "told_otherwise", [THRESHOLD]),
        (SCORED, Judgement("blocked", 403, 3, SCORED.held), "newly_blocked", [THRESHOLD]),
        (BLOCKED, Judgement("blocked", 403, 4, (Held("a", "A", "path", "x", 4),)), "score_moved", ["a"]),
    ],
)
def test_each_kind_has_its_reasons(recorded, before, after, kind, rules) -> None:
    diff = Diff()
    diff.add(recorded(), before, after)
    assert {name: count for name, count in diff.kinds.items() if count} == {kind: 1}
    assert [rule.rule for rule in diff.of_kind(kind)] == rules


@pytest.mark.parametrize("same", [PASS, BLOCKED, SCORED, SHADOW, REFUSED])
def test_the_same_twice_is_nothing(recorded, same) -> None:
    diff = Diff()
    diff.add(recorded(), same, same)
    assert diff.empty
    assert diff.requests == 1


def test_a_status_that_nobody_recorded_is_no_difference(recorded) -> None:
    diff = Diff()
    diff.add(recorded(), Judgement("blocked", 0, 5, BLOCKED.held), BLOCKED)
    assert diff.empty


def test_figures_by_rule_and_side(recorded) -> None:
    diff = Diff()
    for _ in range(3):
        diff.add(recorded(), PASS, BLOCKED)
    diff.add(recorded(), SHADOW, PASS)
    diff.add(recorded(), None, PASS)
    assert (diff.before.passed, diff.before.shadowed, diff.after.blocked, diff.after.passed, diff.uncompared) == (3, 1, 3, 2, 1)
    assert (diff.rules["a"].before, diff.rules["a"].after) == (1, 3)


def test_examples_are_few_and_masked(recorded) -> None:
    diff = Diff(examples=2)
    for number in range(9):
        diff.add(recorded(b"/?token=hunter2hunter2&q=" + b"x" * 500, id=f"r{number}"), PASS, BLOCKED)
    [rule] = diff.of_kind("newly_blocked")
    assert rule.reason["newly_blocked"] == 9
    assert [example.id for example in rule.examples["newly_blocked"]] == ["r0", "r1"]
    assert "hunter2" not in repr(rule)
    assert len(rule.examples["newly_blocked"][0].target) <= 160


def test_what_is_not_whole_is_counted(recorded) -> None:
    diff = Diff()
    diff.add(recorded(complete=False, masked=2), PASS, PASS)
    assert (diff.incomplete, diff.masked) == (1, 1)


def test_any_number_of_rules_takes_bounded_memory(recorded, monkeypatch) -> None:
    monkeypatch.setattr("edgeguard.replay.diff._RULES", 3)
    diff = Diff()
    for number in range(10):
        diff.add(recorded(), PASS, Judgement("blocked", 403, 5, (Held(f"r{number}"),)))
    assert set(diff.rules) == {"r0", "r1", "r2", "others"}
    assert diff.rules["others"].after == 7


@pytest.mark.parametrize(
    ("then", "outcome"),
    [(None, "pass"), (Then("pass"), "pass"), (Then("blocked", 5, ("a",)), "blocked"), (Then("shadow", 5), "shadow")],
)
def test_what_the_edge_did_then_is_a_judgement(then, outcome) -> None:
    judged = judged_then(then)
    assert judged is not None
    assert judged.outcome == outcome


@pytest.mark.parametrize("verdict", ["limited", "refused", "fault"])
def test_where_rules_were_not_asked_then_nothing_can_be_compared(verdict) -> None:
    assert judged_then(Then(verdict)) is None
