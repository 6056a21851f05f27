from __future__ import annotations

from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.facts import DIGITS, Facts, Writes, is_about_variables, may_act_without_holding
from edgeguard.waf.seclang.reader import read_seclang_text


def facts(script: str) -> Facts:
    (rule,) = compile_program(read_seclang_text(script)).rules
    return Facts(rule)


def test_what_is_read_and_written() -> None:
    one = facts('SecRule TX:a|TX:/^b/ "@eq %{tx.c}" "id:1,phase:1,pass,nolog,setvar:tx.d=%{tx.e},setvar:tx.f=+1"')
    assert one.reads == {b"a", b"c", b"e", b"f"}  # what is added to is read, too
    assert [search(b"bc") is not None for search in one.searches] == [True]
    assert one.writes.names == {b"d", b"f"}
    assert one.variables_alone


def test_captures_write_digits() -> None:
    assert facts('SecRule TX:a "@rx (.)" "id:1,phase:1,pass,nolog,capture"').writes.names == DIGITS


def test_a_message_is_more_than_variables() -> None:
    for script in (
        'SecRule ARGS "@rx a" "id:1,phase:1,pass,nolog"',
        'SecRule TX:a "@streq %{REQUEST_METHOD}" "id:1,phase:1,pass,nolog"',
        'SecAction "id:1,phase:1,pass,nolog,setvar:tx.a_%{tx.b}=1"',
        'SecRule TX:a "@eq 1" "id:1,phase:1,pass,nolog,setvar:ip.b=1"',
    ):
        assert not facts(script).variables_alone, script


def test_what_is_told_to_somebody_is_not_known_where_it_held() -> None:
    quiet = facts('SecRule TX:a "@eq 0" "id:1,phase:1,pass,nolog"')
    loud = facts('SecRule TX:a "@eq 0" "id:1,phase:1,pass,log"')
    for each in (quiet, loud):
        each.held = True
    assert (is_about_variables(quiet), is_about_variables(loud)) == (True, False)


def test_effects_before_the_last_link_are_done_in_any_case() -> None:
    chain = 'SecRule TX:a "@eq 1" "id:1,phase:1,pass,nolog,%schain"\n  SecRule TX:b "@eq 1"'
    assert may_act_without_holding(facts(chain % "setvar:tx.c=1,").rule)
    assert not may_act_without_holding(facts(chain % "").rule)


def test_names_meet_prefixes() -> None:
    writes = Writes({b"a"}, {b"own_"})
    assert [writes.meet(name) for name in (b"a", b"ab", b"own_x", b"own")] == [True, False, True, False]
    writes.take(Writes({b"ab"}, set()))
    assert writes.meet(b"ab")
