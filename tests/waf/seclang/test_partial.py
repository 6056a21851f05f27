"""What scripts come down to. That this changes no verdict is held by `tests/properties/test_seclang_evaluation.py`."""

from __future__ import annotations

from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.partial import Settled, SettledRule, settle
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.targets.sources import Source

LEVELS = """
SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1,setvar:tx.points=5"
SecRule TX:level "@lt 1" "id:2,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@rx a" "id:3,phase:2,log,pass,setvar:tx.score=+%{tx.points}"
SecRule TX:level "@lt 2" "id:4,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@rx b" "id:5,phase:2,log,pass,setvar:tx.score=+%{tx.points}"
SecMarker END
SecRule TX:score "@ge 5" "id:6,phase:2,log,deny"
"""


def settled(script: str) -> Settled:
    return settle(compile_program(read_seclang_text(script)).rules)


def left(script: str) -> list[int]:
    return [item.rule.number for item in settled(script).items]


def item(script: str, number: int) -> SettledRule:
    return next(each for each in settled(script).items if each.rule.number == number)


def test_gates_on_settings_and_what_is_behind_them_are_gone() -> None:
    assert left(LEVELS) == [1, 3, 6]


def test_settings_are_put_into_what_uses_them() -> None:
    (link,) = item(LEVELS, 3).rule.links
    (effect,) = link.effects
    assert effect.value.constant == b"5"  # type: ignore[attr-defined]


def test_what_is_about_variables_alone_is_asked_off_the_path() -> None:
    assert [(each.rule.number, each.about_variables) for each in settled(LEVELS).items] == [(1, True), (3, False), (6, True)]
    assert item(LEVELS, 6).base == {b"level": b"1", b"points": b"5"}


def test_writes_that_somebody_looks_at_are_observed() -> None:
    observed = settled(LEVELS).observed
    assert observed.reads(b"score")
    assert observed.reads(b"level")  # as its assignment must be done again
    assert not observed.reads(b"other")


def test_a_setting_that_a_message_can_change_is_none() -> None:
    script = LEVELS.replace("id:3,phase:2,log,pass", "id:3,phase:2,log,pass,setvar:tx.level=2")
    assert left(script) == [1, 2, 3, 4, 5, 6]
    assert item(script, 5).beaten is False


def test_a_setting_that_a_message_can_pass_over_is_none() -> None:
    jump = 'SecRule ARGS:x "@rx a" "id:7,phase:1,log,pass,skip:1"\n'
    assert left(jump + LEVELS) == [7, 1, 2, 3, 4, 5, 6]
    assert item(jump + LEVELS, 7).leaves
    behind = LEVELS + 'SecRule ARGS:x "@rx a" "id:7,phase:2,log,pass,skip:1"\n'
    assert not item(behind, 7).leaves


def test_what_ends_the_exchange_passes_over_settings_for_the_log_alone() -> None:
    early = 'SecRule REMOTE_ADDR "@ipMatch 10.0.0.1" "id:7,phase:1,nolog,allow"\n'
    assert left(early + LEVELS) == [7, 1, 3, 6]
    late = 'SecRule TX:level "@lt 2" "id:8,phase:5,log,pass"\n'
    assert 8 in left(early + LEVELS + late)
    assert item(early + LEVELS, 7).leaves


def test_what_ends_a_phase_passes_over_settings_for_all_phases_that_follow() -> None:
    early = 'SecRule REMOTE_ADDR "@ipMatch 10.0.0.1" "id:7,phase:1,nolog,allow:phase"\n'
    assert left(early + LEVELS) == [7, 1, 2, 3, 4, 5, 6]


def test_a_setting_that_can_be_removed_is_none() -> None:
    removal = 'SecRule ARGS:x "@rx a" "id:7,phase:1,log,pass,ctl:ruleRemoveById=1"\n'
    one = settled(removal + LEVELS)
    assert [each.rule.number for each in one.items] == [7, 1, 2, 3, 4, 5, 6]
    assert len(one.observed.removals) == 1
    other = settled(removal.replace("=1", "=3") + LEVELS)
    assert [each.rule.number for each in other.items] == [7, 1, 3, 6]
    assert not other.observed.removals


def test_a_gate_that_can_be_removed_lets_through_what_is_behind_it() -> None:
    for control in ("ruleRemoveById=4", "ruleRemoveTargetById=4;TX:level"):
        script = f'SecRule ARGS:x "@rx a" "id:7,phase:1,log,pass,ctl:{control}"\n' + LEVELS
        assert 5 in left(script)
    both = 'SecRule ARGS:x "@rx a" "id:7,phase:1,log,pass,ctl:ruleRemoveById=4-5"\n' + LEVELS
    assert 5 not in left(both)


def test_what_is_told_is_asked_though_it_is_known() -> None:
    script = 'SecAction "id:1,phase:1,pass,log,setvar:tx.a=1"\nSecRule TX:a "@eq 1" "id:2,phase:1,log,pass"'
    assert [(each.rule.number, each.about_variables) for each in settled(script).items] == [(1, False), (2, False)]


def test_a_severity_that_counts_is_not_passed_over() -> None:
    assert [each.about_variables for each in settled('SecAction "id:1,phase:1,pass,nolog,severity:2"').items] == [False]


def test_settings_of_the_engine_are_made_though_their_chain_fails() -> None:
    script = """
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1"
    SecRule TX:a "@eq 1" "id:2,phase:1,pass,nolog,chain,ctl:ruleEngine=Off"
      SecRule TX:a "@eq 2"
    """
    assert [(each.rule.number, each.about_variables) for each in settled(script).items] == [(1, True), (2, False)]


def test_a_rules_own_writes_are_not_constant_within_it() -> None:
    script = """
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1,setvar:tx.b=%{tx.a}"
    SecRule TX:b "@eq 1" "id:2,phase:2,pass,log"
    """
    (link,) = item(script, 1).rule.links
    assert link.effects[1].value.constant is None  # type: ignore[attr-defined]
    assert item(script, 2).base == {b"a": b"1", b"b": b"1"}


def test_macros_of_settings_make_operators_that_the_gate_knows() -> None:
    script = """
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.allowed=GET,setvar:tx.broken=("
    SecRule REQUEST_METHOD "@streq %{tx.allowed}" "id:2,phase:1,log,pass"
    SecRule REQUEST_METHOD "@rx %{tx.broken}" "id:3,phase:1,log,pass"
    """
    (known,), (broken,) = item(script, 2).rule.links, item(script, 3).rule.links
    assert known.terms
    assert known.question is None
    assert broken.question is not None  # it holds for nothing, when it is asked


def test_how_many_links_must_be_hit_before_anything_is_done() -> None:
    script = """
    SecRule ARGS "@rx a" "id:1,phase:2,log,pass,capture,chain"
      SecRule ARGS "@rx b" "setvar:tx.a=1,chain"
      SecRule ARGS "@rx c"
    """
    assert item(script, 1).gated_links == 2
    assert item(script + 'SecRule TX:1 "@rx ." "id:2,phase:2,log,pass"', 1).gated_links == 1
    assert item(script + 'SecRule TX:1 "@rx (.)" "id:2,phase:2,log,pass,capture"', 1).gated_links == 1
    assert item(script + 'SecRule ARGS "@rx (.)" "id:2,phase:2,log,pass,capture,setvar:tx.b=%{tx.1}"', 1).gated_links == 2


def test_from_which_lists_it_follows_that_a_rule_does_not_hold() -> None:
    script = """
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.most=5"
    SecRule REQUEST_HEADERS:A "@rx a" "id:2,phase:1,log,pass,chain"
      SecRule MATCHED_VAR "@gt %{tx.most}"
    SecRule REQUEST_HEADERS:A "@rx a" "id:3,phase:1,log,pass,chain"
      SecRule TX:score "@gt 1" "setvar:tx.score=+1"
    SecRule REQUEST_HEADERS:A "@rx a" "id:4,phase:1,log,pass,chain"
      SecRule TIME_HOUR "@gt 5"
    SecRule ARGS "@rx a" "id:5,phase:2,log,pass,setvar:tx.score=+1"
    """
    by_number = {each.rule.number: each for each in settled(script).items}
    assert by_number[2].follows_from == frozenset({Source.HEADER_VALUE})
    assert by_number[3].follows_from is None
    assert by_number[4].follows_from is None
    assert by_number[2].rule.phase is Phase.REQUEST_HEAD
