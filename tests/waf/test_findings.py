from __future__ import annotations

import pytest

from edgeguard.waf.findings import BUDGET, EVENTS, UNPARSABLE, Findings, Policy


def test_ids_of_events_differ() -> None:
    assert len({event.id for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize(("policy", "score", "status"), [("pass", 0, 0), ("score", 3, 0), ("block", 0, 400)])
def test_an_event_does_what_its_policy_says(policy: Policy, score: int, status: int) -> None:
    findings = Findings()
    findings.event(UNPARSABLE, policy, "why")
    verdict = findings.verdict(5, "enforce", 7)
    assert (verdict.score, verdict.status, verdict.nanoseconds) == (score, status, 7)
    assert verdict.matches[0].value == "why"


def test_shadow_mode_allows_and_tells() -> None:
    findings = Findings()
    findings.event(BUDGET, "block", "")
    verdict = findings.verdict(5, "shadow", 0)
    assert not verdict.blocked
    assert verdict.status == 0
    assert verdict.would_block


def test_scores_add_up_to_the_threshold() -> None:
    findings = Findings()
    findings.event(BUDGET, "score", "")
    assert not findings.verdict(5, "enforce", 0).blocked
    findings.event(UNPARSABLE, "score", "")
    assert findings.verdict(5, "enforce", 0).status == 403
    assert not findings.verdict(7, "enforce", 0).blocked
