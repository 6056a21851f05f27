from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Callable


def text(condition: str, **selections: str) -> str:
    lines = "\n".join(f"    {name}: {body}" for name, body in selections.items())
    # `shadow` needs tests and `test` is left out of the plan, so each rule comes with two that it passes.
    return f"""
- id: t-1
  title: t
  match:
{lines}
  condition: {condition}
  tests:
    match: [{{path: "/m?m=m", headers: {{m: m}}, json: {{m: m}}}}]
    pass: [{{path: "/p", method: PUT, ip: 10.0.0.1}}]
"""


@pytest.mark.parametrize(
    ("condition", "selections", "gated"),
    [
        ("a", {"a": "{http.request.path|contains: m}"}, True),
        ("a", {"a": "{http.request.headers:m|exists: true}"}, False),
        ("a and b", {"a": "{http.request.path|contains: m}", "b": "{http.request.headers:m|exists: true}"}, True),
        ("a or b", {"a": "{http.request.path|contains: m}", "b": "{http.request.headers:m|exists: true}"}, False),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{ip.src|cidr: 10.0.0.0/8}"}, True),
        ("not b", {"b": "{ip.src|cidr: 10.0.0.0/8}"}, False),
        ("not b", {"b": "{http.request.path|contains: p}"}, False),
        ("a", {"a": "{http.request.path|contains: m, ip.src|cidr: 203.0.113.0/24}"}, True),
        ("a", {"a": "[{http.request.path|contains: m}, {ip.src|cidr: 203.0.113.0/24}]"}, True),
        ("a", {"a": "[{http.request.path|contains: m}, {http.request.headers:m|exists: true}]"}, False),
    ],
)
def test_which_rules_need_a_hit(ruleset: Callable[..., Any], condition: str, selections: dict[str, str], gated: bool) -> None:
    plan = ruleset(text(condition, **selections)).plan
    assert plan.rules[0].gated is gated
    assert bool(plan.phases[0].always) is not gated


@pytest.mark.parametrize(
    ("condition", "selections", "first"),
    [
        ("a", {"a": "{http.request.any|contains: m}"}, Phase.REQUEST_HEAD),
        ("a", {"a": "{http.request.json.values|contains: m}"}, Phase.REQUEST_BODY),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{http.request.any|contains: zzz}"}, Phase.REQUEST_BODY),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{http.request.path|contains: zzz}"}, Phase.REQUEST_HEAD),
    ],
)
def test_a_negation_waits_until_all_is_known(
    ruleset: Callable[..., Any], condition: str, selections: dict[str, str], first: Phase
) -> None:
    assert ruleset(text(condition, **selections)).plan.rules[0].first is first


def test_terms_lead_to_their_rules(ruleset: Callable[..., Any]) -> None:
    plan = ruleset(text("a or b", a="{http.request.path|contains: m}", b="{ip.src|cidr: 192.0.2.0/24}")).plan
    assert {item.rule.id for items in plan.rules_of.values() for item in items} == {"t-1"}
    assert set(plan.rules_of) == set(plan.gated) == set(plan.rules[0].rule.terms)


def test_a_term_about_a_number_is_not_asked_of_each_value(ruleset: Callable[..., Any]) -> None:
    plan = ruleset(text("a", a="{http.request.headers:m|exists: true}")).plan
    assert not plan.gated
    assert not plan.rules_of


SECLANG = """
SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1"
SecRule TX:level "@lt 2" "id:2,phase:1,pass,nolog,skipAfter:END"
SecRule ARGS "@rx evil" "id:3,phase:1,log,pass"
SecMarker END
SecRule ARGS "@rx bad" "id:4,phase:2,log,pass,setvar:tx.score=+5"
SecRule TX:score "@ge 5" "id:5,phase:2,log,deny"
SecRule ARGS "@rx a" "id:6,phase:2,log,pass,chain"
  SecRule REQUEST_METHOD "@streq PUT"
SecRule REQUEST_METHOD "@streq PUT" "id:7,phase:1,log,pass"
SecRule TIME_YEAR "@gt 2000" "id:8,phase:5,log,pass"
"""


def test_what_scripts_settle_is_not_planned(seclang: Callable[..., Any]) -> None:
    plan = seclang(SECLANG).plan
    assert {item.rule.id for item in plan.rules} == {"4", "6", "7", "8"}
    assert [item.rule.id for item in plan.phases[Phase.REQUEST_BODY].strayed] == ["5"]


def test_a_chain_is_asked_only_where_all_its_links_were_hit(seclang: Callable[..., Any]) -> None:
    plan = seclang(SECLANG).plan
    chain = next(item for item in plan.rules if item.rule.id == "6")
    assert chain.gated
    assert [len(terms) for terms in chain.links] == [1, 1]


def test_rules_that_nothing_gates_are_asked_in_their_phase_alone(seclang: Callable[..., Any]) -> None:
    plan = seclang(SECLANG).plan
    assert [[item.rule.id for item in phase.always] for phase in plan.phases] == [[], [], [], [], ["8"]]
    assert plan.logs


def test_chains_come_behind_rules_of_ones_own(ruleset: Callable[..., Any], seclang: Callable[..., Any]) -> None:
    own = ruleset(text("a", a="{http.request.path|contains: m}")).rules
    plan = seclang(SECLANG, rules=own).plan
    assert plan.first_chain == 1
    assert [item.rule.id for item in sorted(plan.rules, key=lambda item: item.order)] == ["t-1", "4", "6", "7", "8"]


def test_without_gates_every_rule_is_planned_and_nothing_is_compiled(seclang: Callable[..., Any]) -> None:
    plan = seclang(SECLANG, gates=False).plan
    assert {item.rule.id for item in plan.rules} == {"4", "6", "7", "8"}
    assert not any(phase.lanes or phase.loose or phase.counts for phase in plan.phases)


def test_what_hits_make_worth_asking_is_remembered(seclang: Callable[..., Any]) -> None:
    ruleset = seclang(
        'SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"\n  SecRule REQUEST_METHOD "@streq GET"\n'
        'SecRule ARGS "@rx a" "id:2,phase:2,pass,log"\nSecAction "id:3,phase:2,pass,log"'
    )
    plan = ruleset.plan.phases[Phase.REQUEST_BODY]
    terms = {item.rule.id: [term for link in item.links for term in link] for item in ruleset.plan.rules}

    def chosen(*hits: Any) -> list[str]:
        return [item.rule.id for item in plan.chosen(dict.fromkeys(hits), strayed=False)]

    for _ in range(2):
        assert chosen() == ["3"]
        assert chosen(*terms["2"]) == ["2", "3"]
        assert set(chosen(*terms["1"], *terms["2"])) == {"1", "2", "3"}
    assert len(plan.known) == 3
