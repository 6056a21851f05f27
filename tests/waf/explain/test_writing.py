from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from edgeguard.config.model import Route, RouteWaf, Waf
from edgeguard.waf.explain.run import Pair
from edgeguard.waf.explain.writing import as_pattern, as_route, as_yaml, at_load_time, at_run_time, exclusions, free_id, shadowed
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.syntax import SecRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset

PAIRS = (Pair("101", "ARGS:a b"), Pair("101", "ARGS:c"), Pair("102", "ARGS:a b"), Pair("102", "ARGS:c"), Pair("103"))


def test_rules_that_share_their_targets_share_an_entry() -> None:
    first, second = exclusions(PAIRS, ["/a"])
    assert (first.rules, first.targets, first.paths) == ([101, 102], ["ARGS:a b", "ARGS:c"], ["/a"])
    assert (second.rules, second.targets) == ([103], [])


def test_the_yaml_says_the_same() -> None:
    entries = exclusions(PAIRS, ["/a: b"])
    read = yaml.safe_load(as_yaml(entries))["waf"]["exclusions"]
    assert read == [
        {"rules": [101, 102], "targets": ["ARGS:a b", "ARGS:c"], "paths": ["/a: b"]},
        {"rules": [103], "paths": ["/a: b"]},
    ]


def test_the_yaml_loads_for_rules_of_both_languages() -> None:
    pairs = (*PAIRS, Pair("t-1", "http.request.json.values:data.title", "edgeguard"), Pair("t-2", "", "edgeguard"))
    entries = exclusions(pairs, [as_pattern(b"/a%20b/*{1}")])
    read = yaml.safe_load(as_yaml(entries))["waf"]
    assert Waf(**read).exclusions == entries
    assert [entry.rules for entry in entries] == [[101, 102], [103, "t-2"], ["t-1"]]
    assert entries[0].paths == ["/a%20b/%2A%7B1%7D"]


def test_the_rule_at_run_time_can_be_read() -> None:
    (rule,) = read_seclang_text(at_run_time(PAIRS, '/a"b', 10_001)).items
    assert isinstance(rule, SecRule)
    assert (rule.id, rule.phase, rule.log) == (10_001, 1, False)
    first, link = rule.links
    assert str(first.operation) == '@beginswith /a"b'
    assert str(link.operation) == r"!@rx [/\x5c]\.\."
    assert [action.argument for action in link.actions if action.name == "ctl"] == [
        "ruleRemoveTargetById=101;ARGS:a b",
        "ruleRemoveTargetById=101;ARGS:c",
        "ruleRemoveTargetById=102;ARGS:a b",
        "ruleRemoveTargetById=102;ARGS:c",
        "ruleRemoveById=103",
    ]


def test_directives_at_load_time() -> None:
    assert at_load_time(PAIRS[:1] + PAIRS[-1:]) == 'SecRuleUpdateTargetById 101 "!ARGS:a b"\nSecRuleRemoveById 103\n'


def test_an_id_that_nobody_has() -> None:
    assert free_id([10_000, 10_001, 942_100]) == 10_002


def test_rules_in_shadow_and_a_route(ruleset: Callable[..., Ruleset]) -> None:
    rules = ruleset().rules
    (told,) = yaml.safe_load(shadowed(rules))
    assert told == {"id": "t-1", "status": "shadow"}
    assert shadowed(rules).startswith(f"# {rules[0].source}\n")
    (route,) = yaml.safe_load(as_route("/a b"))["routes"]
    assert Route(**route).waf == RouteWaf(mode="shadow")
