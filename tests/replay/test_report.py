from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgeguard.replay.diff import Diff
from edgeguard.replay.judgement import PASS, Held, Judgement
from edgeguard.replay.report import as_json, lines
from edgeguard.replay.sources import Traffic

BLOCKED = Judgement("blocked", 403, 5, (Held("eg-1", "A rule", "query:q", "x" * 64, 5),))
TRAFFIC = Traffic(Path("day.har"))


@pytest.fixture
def diff(recorded) -> Diff:
    made = Diff()
    for number in range(10):
        made.add(recorded(b"/a?q=1", id=f"r{number}"), PASS, BLOCKED if number < 2 else PASS)
    made.add(recorded(), BLOCKED, PASS)
    made.add(recorded(), None, PASS)
    return made


def test_for_people(diff: Diff) -> None:
    text = "\n".join(lines(diff, TRAFFIC, ("old", "new"), 20))
    assert "12 requests from day.har" in text
    assert "1 request not compared" in text
    assert "Newly blocked: 2 of 11 (18.182%)" in text
    assert "Newly passed: 1 of 11" in text
    assert "      2  eg-1  A rule" in text
    assert "GET /a?q=1   [r0]" in text
    assert "pass, score 0 -> blocked 403, score 5" in text
    assert f"eg-1: query:q = '{'x' * 57}...'" in text


def test_more_rules_than_are_shown_are_counted(recorded) -> None:
    made = Diff(examples=0)
    for number in range(5):
        made.add(recorded(), PASS, Judgement("blocked", 403, 5, (Held(f"eg-{number}"),)))
    text = "\n".join(lines(made, TRAFFIC, ("old", "new"), 2))
    assert "and 3 more rules" in text


def test_the_same_settings_with_another_threshold(recorded) -> None:
    made = Diff()
    scored = Judgement("pass", 0, 5, BLOCKED.held)
    made.add(recorded(), scored, BLOCKED)
    assert "the same rules held" in "\n".join(lines(made, TRAFFIC, ("old", "new"), 2))


def test_nothing_is_said_in_one_line(recorded) -> None:
    made = Diff()
    made.add(recorded(), BLOCKED, BLOCKED)
    assert list(lines(made, TRAFFIC, ("old", "new"), 20))[-1] == "No request is treated otherwise."


def test_for_machines(diff: Diff) -> None:
    said = json.loads(json.dumps(as_json(diff, TRAFFIC, ("old", "new"), ["too many"])))
    assert said["requests"] == 12
    assert said["against"] == {"name": "old", "blocked": 1, "shadow": 0, "passed": 10, "refused": 0}
    assert said["newly_blocked"]["requests"] == 2
    [rule] = said["newly_blocked"]["by_rule"]
    assert (rule["rule"], rule["requests"], len(rule["examples"])) == ("eg-1", 2, 2)
    assert rule["examples"][0]["after"] == {"outcome": "blocked", "status": 403, "score": 5}
    assert rule["examples"][0]["matches"][0]["target"] == "query:q"
    assert said["matches"] == [{"rule": "eg-1", "title": "A rule", "before": 1, "after": 2}]
    assert said["exceeded"] == ["too many"]
    assert not said["empty"]
