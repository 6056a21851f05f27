from __future__ import annotations

from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.beaten_path import changed_by_phase, leaves, settled_places, upsetting, walk
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.facts import Facts
from edgeguard.waf.seclang.reader import read_seclang_text


def walked(script: str) -> tuple[list[Facts], set[int], set[int]]:
    """Facts after the walk, the places that are known, and those that are reached."""
    facts = [Facts(rule) for rule in compile_program(read_seclang_text(script)).rules]
    sequence = sorted(range(len(facts)), key=lambda place: (facts[place].rule.phase, place))
    walk(facts, sequence)
    return (facts, *settled_places(facts, sequence))


JUMP = """
SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1"
SecRule TX:level "@lt 2" "id:2,phase:1,pass,nolog,skipAfter:END"
SecRule ARGS "@rx a" "id:3,phase:1,pass,log"
SecMarker END
SecRule ARGS "@rx b" "id:4,phase:1,pass,log%s"
"""


def test_a_jump_that_is_always_made_leaves_rules_behind() -> None:
    facts, known, alive = walked(JUMP % "")
    assert [each.beaten for each in facts] == [True, True, False, True]
    assert facts[2].base == facts[1].base == {b"level": b"1"}
    assert (known, alive) == ({0, 1}, {0, 1, 3})


def test_what_a_message_may_change_is_not_known() -> None:
    _, known, alive = walked(JUMP % ",setvar:tx.level=5")
    assert 1 not in known  # in a later round of the same variables it may not jump
    assert alive == {0, 1, 2, 3}


def test_what_may_be_taken_away_may_not_happen() -> None:
    script = 'SecRule ARGS "@rx x" "id:9,phase:1,pass,nolog,ctl:ruleRemoveById=2"\n' + JUMP % ""
    facts, known, alive = walked(script)
    assert {2} <= known
    assert 3 in alive  # the rule that the jump passes over
    assert [removal.meets(2, (), "") for removal in upsetting(facts, alive)] == [True]


def test_changes_and_leaving() -> None:
    facts, known, alive = walked(
        'SecRule ARGS "@rx x" "id:1,phase:1,deny,setvar:tx.a=1"\nSecAction "id:2,phase:2,pass,nolog,setvar:tx.b=1"'
    )
    changed = changed_by_phase(facts, known, alive)
    assert changed[Phase.REQUEST_BODY].meet(b"a")
    assert not changed[Phase.REQUEST_BODY].meet(b"b")
    assert changed[Phase.LOGGING].meet(b"b")  # a denied request never comes to its assignment
    assert (leaves(facts, 0), leaves(facts, 1)) == (True, False)
