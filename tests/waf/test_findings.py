from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.findings import BUDGET, EVENTS, UNPARSABLE, Findings, Policy
from edgeguard.waf.rule_tests import build, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset


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


DATA = "logdata:'%{TX.0} in %{MATCHED_VAR_NAME}: %{MATCHED_VAR}',msg:'Saw %{MATCHED_VAR}'"


@pytest.mark.parametrize(
    ("rule", "description"),
    [
        ('ARGS "@rx evil.*" "capture', {"query": {"password": "evil hunter2"}}),
        ('ARGS "@rx evil" "capture', {"query": {"x" * 300 + "password": "evil hunter2"}}),
        ('REQUEST_URI_RAW "@rx evil" "capture', {"path": "/?password=hunter2&q=evil"}),
        ('REQUEST_HEADERS "@rx evil" "capture', {"headers": {"Referer": "https://cms.example/?token=hunter2&q=evil"}}),
        ('REQUEST_HEADERS "@rx evil" "capture', {"headers": {"Authorization": "Basic evil:hunter2"}}),
        ('REQUEST_COOKIES "@rx evil" "capture', {"cookies": {"theme": "evil hunter2"}}),
        ('REQUEST_BODY "@rx evil" "capture', {"body": "<password>hunter2</password> evil"}),
        ('XML:/* "@rx evil" "capture', {"body": "<a><password>hunter2</password>evil</a>", "content_type": "text/xml"}),
        ('ARGS "@rx evil" "capture', {"query": {"q": '{"password": "hunter2", "a": "evil"}'}}),
        ('ARGS "@rx evil" "capture', {"query": {"q": "a=evil;csrf_token: hunter2"}}),
        ('ARGS "@rx evil.*" "chain,capture', {"query": {"password": "evil hunter2"}}),
    ],
)
def test_what_rules_want_to_be_told_holds_no_secret(
    seclang: Callable[..., Ruleset], rule: str, description: dict[str, Any]
) -> None:
    following = '\nSecRule MATCHED_VAR|TX:0 "@rx evil" "t:none"' if "chain" in rule else ""
    ruleset = seclang(f'SecRuleEngine On\nSecRule {rule},id:1,phase:2,pass,log,{DATA}"{following}')
    (match,) = send(ruleset, build(description)).finish().matches
    assert "hunter2" not in str(match)


def test_what_rules_want_to_be_told_of_other_values_is_whole(seclang: Callable[..., Ruleset]) -> None:
    ruleset = seclang(f'SecRuleEngine On\nSecRule ARGS "@rx /etc/(pass)" "capture,id:1,phase:2,pass,log,{DATA}"')
    (match,) = send(ruleset, build({"query": {"f": "#x=../etc/passwd"}})).finish().matches
    assert match.detail == "/etc/pass in ARGS:f: #x=../etc/passwd"
    assert match.title == "Saw #x=../etc/passwd"


def test_a_field_that_a_message_names_is_masked_by_its_name(seclang: Callable[..., Ruleset]) -> None:
    script = "SecRuleEngine On\nSecAction \"id:1,phase:2,pass,log,logdata:'%{REQUEST_HEADERS.x-a} %{REQUEST_COOKIES.sid}'\""
    (match,) = send(seclang(script), build({"headers": {"X-A": "seen"}, "cookies": {"sid": "hunter2"}})).finish().matches
    assert match.detail == "seen ***"
