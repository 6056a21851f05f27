from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused, RulesError
from edgeguard.waf.seclang.changes import Change, Changes
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.syntax import Action, Place, SecRule

RULES = """
SecRule ARGS "@rx a" "id:10,phase:2,deny,msg:'one',tag:a,tag:x"
SecRule ARGS "@rx a" "id:20,phase:2,deny,msg:'two',tag:a,chain"
  SecRule ARGS "@rx b" "tag:inner"
SecRule ARGS "@rx a" "id:30,phase:2,deny,msg:'three',tag:ab"
"""


def rules(changes: str) -> dict[int, SecRule]:
    return {item.id: item for item in read_seclang_text(RULES + changes).items if isinstance(item, SecRule)}


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("SecRuleRemoveById 10", {20, 30}),
        ("SecRuleRemoveById 10 30", {20}),
        ('SecRuleRemoveById "10,30"', {20}),
        ('SecRuleRemoveById 30 "10-20"', set()),
        ("SecRuleRemoveById 11-29", {10, 30}),
        ("SecRuleRemoveByTag a", {30}),
        ('SecRuleRemoveByMsg "two"', {10, 30}),
        ("SecRuleRemoveByTag inner", {10, 20, 30}),
        ("SecRuleRemoveByTag A", {10, 20, 30}),
    ],
)
def test_rules_are_taken_out(line: str, left: set[int]) -> None:
    assert set(rules(line)) == left


def looked(rule: SecRule) -> list[str]:
    return ["|".join(map(str, link.variables)) for link in rule.links]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ('SecRuleUpdateTargetById 10 "!ARGS:a,FILES"', {10: ["ARGS|!ARGS:a|FILES"]}),
        ('SecRuleUpdateTargetById "15-30" !ARGS:/^b/', {20: ["ARGS|!ARGS:/^b/", "ARGS"], 30: ["ARGS|!ARGS:/^b/"]}),
        ("SecRuleUpdateTargetByTag a !ARGS:a", {10: ["ARGS|!ARGS:a"], 20: ["ARGS|!ARGS:a", "ARGS"]}),
        ("SecRuleUpdateTargetByTag inner !ARGS:a", {20: ["ARGS", "ARGS|!ARGS:a"]}),
        ("SecRuleUpdateTargetByMsg three FILES", {30: ["ARGS|FILES"]}),
        (
            "SecRuleUpdateTargetById 10 !ARGS:a\nSecRuleUpdateTargetByTag x !ARGS:b\nSecRuleUpdateTargetById 10 !ARGS:c",
            {10: ["ARGS|!ARGS:a|!ARGS:b|!ARGS:c"]},
        ),
    ],
)
def test_targets_are_added(line: str, changed: dict[int, list[str]]) -> None:
    before, after = rules(""), rules(line)
    for number, rule in after.items():
        assert looked(rule) == changed.get(number, looked(before[number]))


def test_actions_are_laid_over_the_rules_own() -> None:
    rule = rules('SecRuleUpdateActionById 10 "pass,msg:new,tag:y,t:lowercase,setvar:tx.a=1,nolog"')[10]
    assert (rule.disruptive, rule.message, rule.tags, rule.log) == (Action("pass"), "new", ("a", "x", "y"), False)
    assert rule.links[0].transformations == ("lowercase",)
    assert rule.links[0].actions == (Action("setvar", "tx.a=1"),)


def test_updated_to_block_it_does_what_the_default_says() -> None:
    rule = rules('SecDefaultAction "phase:2,drop"\nSecRuleUpdateActionById 10 "block"')[10]
    assert rule.disruptive == Action("drop")


def test_changes_meet_rules_behind_them_and_say_so() -> None:
    program = read_seclang_text("SecRuleRemoveById 10\nSecRuleUpdateTargetById 30 FILES\n" + RULES)
    assert [item.id for item in program.items if isinstance(item, SecRule)] == [20, 30]
    assert [(note.place.line, note.text[:30]) for note in program.notes] == [
        (1, "1 of the rules that it meets s"),
        (2, "1 of the rules that it meets s"),
    ]


def test_a_change_that_meets_nothing_says_so() -> None:
    (note,) = read_seclang_text(RULES + 'SecRuleRemoveByTag "a.*"').notes
    assert note.text == "no rule is met: ids, and whole tags and messages are compared"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SecRuleRemoveById", "is written 'SecRuleRemoveById ID|FROM-TO ...'"),
        ("SecRuleRemoveById ten", "'ten' is neither an id nor a range such as 100-199"),
        ("SecRuleRemoveById 20-10", "ends before it begins"),
        ("SecRuleRemoveById 1-", "'1-' is neither"),
        ('SecRuleRemoveById ","', "an id is missing"),
        ("SecRuleUpdateTargetById 10", "something is missing"),
        ("SecRuleUpdateTargetById 10 ARGS:a ARGS", "write '!OLD,NEW'"),
        ('SecRuleUpdateActionById 10 "id:11"', "id can't stand in an update"),
        ("SecRuleUpdateTargetByTag a |", "expected where '|' stands"),
    ],
)
def test_faults(line: str, told: str) -> None:
    with pytest.raises(RulesError) as caught:
        rules(line)
    assert told in str(caught.value)


def test_ranges_have_an_end() -> None:
    changes = Changes()
    with pytest.raises(Refused, match="more than 1000 ranges"):
        changes.by_id(Change("remove", Place("f", 1), 0, 0), ["1-2"] * 1001)
