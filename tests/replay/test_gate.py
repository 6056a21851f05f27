from __future__ import annotations

import pytest

from edgeguard.replay.diff import Diff
from edgeguard.replay.gate import exceeded, limit
from edgeguard.replay.judgement import PASS, Judgement

BLOCKED = Judgement("blocked", 403, 5)


@pytest.fixture
def diff(recorded) -> Diff:
    made = Diff()
    for number in range(200):
        made.add(recorded(), PASS, BLOCKED if number < 3 else PASS)
    made.add(recorded(), None, BLOCKED)
    return made


@pytest.mark.parametrize(
    ("text", "over"), [("0", 1), ("2", 1), ("3", 0), ("1%", 1), ("1.5%", 0), ("1.5 %", 0), ("0%", 1), ("100%", 0)]
)
def test_numbers_and_shares(diff: Diff, text: str, over: int) -> None:
    assert len(exceeded([limit("newly_blocked", text)], diff)) == over


def test_what_is_exceeded_is_said(diff: Diff) -> None:
    limits = [limit("newly_blocked", "1%"), limit("newly_passed", "0"), limit("newly_blocked", "2")]
    assert exceeded(limits, diff) == ["3 newly blocked, where 1 % may be", "3 newly blocked, where 2 may be"]


@pytest.mark.parametrize("text", ["", "few", "-1", "1.5", "101%", "-1%", "%", "nan%"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a number"):
        limit("newly_blocked", text)
