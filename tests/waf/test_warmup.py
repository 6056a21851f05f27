from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.config.bundled import bundled
from edgeguard.config.model import Waf
from edgeguard.waf import load_rules
from edgeguard.waf.warmup import warm

if TYPE_CHECKING:
    from pathlib import Path


def scripts(folder: Path) -> Waf:
    rules = folder / "rules.conf"
    rules.write_text(
        """
SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.seen=+1"
SecRule ARGS "@rx attack" "id:2,phase:2,deny"
SecRule IP:seen "@gt 1" "id:3,phase:1,deny"
"""
    )
    return Waf(rules=[], seclang=[str(rules)])


def test_all_tries_are_asked_and_nothing_is_kept(tmp_path: Path) -> None:
    ruleset = load_rules([bundled("rules")], scripts(tmp_path))
    tries = [trie for phase in ruleset.plan.phases for trie in phase.tries()]
    before = [len(trie.known) for trie in tries]  # those that the rules' own tests ask about
    records, opened = ruleset.records, len(ruleset.records)
    warm(ruleset)
    assert all(len(trie.known) > count for trie, count in zip(tries, before, strict=True))
    assert ruleset.records is records
    assert len(records) == opened


def test_a_short_budget_does_not_hold_it_back(tmp_path: Path) -> None:
    ruleset = load_rules([bundled("rules")], scripts(tmp_path).model_copy(update={"budget_us": 1}))
    warm(ruleset)
    assert all(lane.known for lane in ruleset.plan.phases[0].lanes if lane.members)
