from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Dial, Route, RouteWaf, Waf
from edgeguard.waf.dials import family, settle_dials
from edgeguard.waf.faults import RulesError
from edgeguard.waf.loader import load_rules
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf import Ruleset

RULE = """
- id: {id}
  title: x
  severity: critical
  status: {status}
  sensitivity: {sensitivity}
  match: {{a: {{http.request.path|contains: {word}}}}}
  tests: {{match: [{{path: /{word}}}], pass: [{{path: /ok}}]}}
"""


def rule(name: str, word: str, status: str = "enforce", sensitivity: str = "balanced") -> str:
    return RULE.format(id=name, word=word, status=status, sensitivity=sensitivity)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "a03-sql.yaml").write_text(rule("sql", "union") + rule("sql-strict", "select", sensitivity="strict"))
    (tmp_path / "a03-command.yaml").write_text(rule("command", "wget") + rule("command-shadow", "curl", "shadow"))
    (tmp_path / "mine.yaml").write_text(rule("mine", "evil"))
    return tmp_path


def loaded(rules: Path, settings: Waf | None = None, *routes: Route) -> Ruleset:
    return load_rules([rules], settings or Waf(), routes=routes)


def asked(ruleset: Ruleset) -> set[str]:
    return {item.rule.id for item in ruleset.plan.rules}


def told(ruleset: Ruleset, route: str = "default") -> dict[str, str]:
    """What a request that all rules look for comes to, by rule."""
    sample = build({"path": "/union/select/wget/curl/evil"})
    transaction = ruleset.transaction(sample.request, sample.client, route=route)
    return {match.rule: match.mode for match in transaction.request_head().matches}


def test_where_nothing_is_set_there_is_nothing_to_look_up_and_strict_rules_are_not_in_the_plan(rules: Path) -> None:
    ruleset = loaded(rules)
    assert ruleset.stances == {}
    assert asked(ruleset) == {"sql", "command", "command-shadow", "mine"}
    assert told(ruleset) == {"sql": "enforce", "command": "enforce", "command-shadow": "shadow", "mine": "enforce"}


def test_a_pack_is_strict_off_or_in_shadow(rules: Path) -> None:
    packs = {"a03-sql": Dial(sensitivity="strict", mode="shadow"), "mine": Dial(mode="off")}
    ruleset = loaded(rules, Waf(packs=packs))
    assert "mine" not in asked(ruleset)
    expected = {"sql": "shadow", "sql-strict": "shadow", "command": "enforce", "command-shadow": "shadow"}
    assert told(ruleset) == expected


def test_a_pack_has_its_familys_dial_unless_it_has_its_own(rules: Path) -> None:
    packs = {"a03": Dial(mode="shadow"), "a03-sql": Dial(mode="enforce")}
    found = told(loaded(rules, Waf(packs=packs)))
    assert (found["sql"], found["command"]) == ("enforce", "shadow")


def test_a_dial_never_asks_for_more_than_a_rules_own_status(rules: Path) -> None:
    found = told(loaded(rules, Waf(packs={"a03-command": Dial(mode="enforce")})))
    assert found["command-shadow"] == "shadow"


def test_a_routes_dials_win_over_the_general_ones_and_hold_there_only(rules: Path) -> None:
    careful = Route(name="careful", waf=RouteWaf(packs={"a03": Dial(mode="enforce", sensitivity="strict")}))
    quiet = Route(name="quiet", waf=RouteWaf(packs={"mine": Dial(mode="off")}))
    ruleset = loaded(rules, Waf(packs={"a03": Dial(mode="shadow")}), careful, quiet)
    assert told(ruleset, "careful")["sql-strict"] == "enforce"
    assert told(ruleset) == {"sql": "shadow", "command": "shadow", "command-shadow": "shadow", "mine": "enforce"}
    assert set(told(ruleset, "quiet")) == {"sql", "command", "command-shadow"}


def test_the_general_mode_stays_the_last_word(rules: Path) -> None:
    loud = Route(name="loud", waf=RouteWaf(packs={"mine": Dial(mode="enforce")}))
    ruleset = loaded(rules, Waf(mode="shadow"), loud)
    sample = build({"path": "/evil"})
    verdict = ruleset.transaction(sample.request, sample.client, "enforce", route="loud").request_head()
    assert (verdict.action, verdict.would_block) == ("allow", True)


def test_all_may_be_strict_and_a_pack_balanced(rules: Path) -> None:
    assert "sql-strict" in asked(loaded(rules, Waf(sensitivity="strict")))
    assert "sql-strict" not in asked(loaded(rules, Waf(sensitivity="strict", packs={"a03-sql": Dial(sensitivity="balanced")})))
    strict = Route(name="strict", waf=RouteWaf(sensitivity="strict"))
    ruleset = loaded(rules, Waf(), strict)
    assert "sql-strict" in told(ruleset, "strict")
    assert "sql-strict" not in told(ruleset)


def test_what_blocks_counts_by_the_route(rules: Path) -> None:
    ruleset = loaded(rules, Waf(), Route(name="soft", waf=RouteWaf(packs={"mine": Dial(mode="shadow")})))
    sample = build({"path": "/evil"})
    assert ruleset.transaction(sample.request, sample.client).request_head().blocked
    assert not ruleset.transaction(sample.request, sample.client, route="soft").request_head().blocked


def test_dials_of_packs_that_nobody_has_are_told_with_the_nearest_name(rules: Path) -> None:
    with pytest.raises(RulesError) as caught:
        loaded(rules, Waf(packs={"a03-sq": Dial()}), Route(name="r", waf=RouteWaf(packs={"nine": Dial()})))
    assert [str(fault) for fault in caught.value.faults] == [
        "routes.r.waf.packs:1: unknown pack 'nine'; did you mean 'mine'?",
        "waf.packs:1: unknown pack 'a03-sq'; did you mean 'a03-sql'?",
    ]


def test_tests_of_rules_that_are_not_asked_hold_all_the_same(rules: Path) -> None:
    (rules / "more.yaml").write_text(rule("bad", "x", sensitivity="strict").replace("path: /x}", "path: /y}"))
    with pytest.raises(RulesError, match="bad must match"):
        loaded(rules)


def test_a_dial_changes_the_digest(rules: Path) -> None:
    digests = {
        loaded(rules).digest,
        loaded(rules, Waf(packs={"mine": Dial(mode="shadow")})).digest,
        loaded(rules, Waf(), Route(name="r", waf=RouteWaf(sensitivity="strict"))).digest,
    }
    assert len(digests) == 3
    assert loaded(rules, Waf(), Route(name="r")).digest == loaded(rules).digest


def test_matches_name_their_pack(rules: Path) -> None:
    sample = build({"path": "/evil"})
    [match] = loaded(rules).transaction(sample.request, sample.client).request_head().matches
    assert match.pack == "mine"


def test_families() -> None:
    assert [family(pack) for pack in ("a03-sql", "cms", "a03")] == ["a03", "cms", "a03"]


def test_rules_that_are_not_live_have_no_dial(rules: Path) -> None:
    (rules / "old.yaml").write_text(rule("old", "old", "retired"))
    ruleset = loaded(rules)
    assert "old" not in {rule.id for rule in settle_dials(ruleset.rules, Waf()).asked}
