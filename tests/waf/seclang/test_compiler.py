from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import RulesError
from edgeguard.waf.operators.seclang.no_match import NoMatch
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.reader import read_seclang, read_seclang_text
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf.pcre import Translation
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.compiler import Compiled


def compiled(script: str) -> Compiled:
    return compile_program(read_seclang_text(script, "f"))


def rule(actions: str, asked: str = 'ARGS "@rx a"') -> ChainRule:
    (found,) = compiled(f'SecRule {asked} "id:1,{actions}"').rules
    return found


def link(asked: str, actions: str = "phase:2,pass") -> ChainLink:
    return rule(actions, asked).links[0]


def faults(script: str) -> list[tuple[int, str]]:
    with pytest.raises(RulesError) as caught:
        compiled(script)
    return [(fault.line, fault.text) for fault in caught.value.faults]


def test_a_rule() -> None:
    made = rule("phase:3,redirect:'https://a/%{tx.b}',status:307,severity:ERROR,msg:'a %{tx.b}',tag:t,rev:2,nolog")
    assert (made.id, made.number, made.phase, made.disruption, made.status) == ("1", 1, Phase.RESPONSE_HEAD, "redirect", 307)
    assert (made.severity, made.title, made.tags, made.revision, made.log) == (3, "a %{tx.b}", ("t",), "2", False)
    assert made.location is not None
    assert made.location.expand(lambda _: b"c") == b"https://a/c"
    assert made.message is not None
    assert made.logdata is None
    assert (made.place.file, made.place.line) == ("f", 1)
    assert "id:1" in made.canonical


@pytest.mark.parametrize(("said", "scope"), [("allow", ""), ("allow:phase", "phase"), ("allow:Request", "request"), ("deny", "")])
def test_how_far_an_end_goes(said: str, scope: str) -> None:
    assert rule(f"phase:2,{said}").scope == scope


@pytest.mark.parametrize(
    ("jump", "place"),
    [
        ("", 0),
        ("skip:1,", 3),
        ("skip:2,", 5),
        ("skip:99,", 5),
        ("skipAfter:HERE,", 2),
        ("skipAfter:4,", 4),
        ("skipAfter:NOWHERE,", 5),
    ],
)
def test_where_a_jump_leads(jump: str, place: int) -> None:
    rules = compiled(
        f"""
        SecAction "id:1,phase:1,pass,{jump}nolog"
        SecAction "id:2,phase:1,pass"
        SecMarker HERE
        SecAction "id:3,phase:2,pass"
        SecAction "id:4,phase:1,pass"
        SecAction "id:5,phase:2,pass"
        """
    ).rules
    assert rules[0].skip_to == place
    assert [each.skip_to for each in rules[1:]] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("asked", "phase", "terms"),
    [
        ('ARGS|REQUEST_COOKIES "@rx a"', 2, 2),
        ('&ARGS "@eq 0"', 2, 1),
        ('&ARGS:/a/ "@eq 0"', 2, 0),
        ('TX:a "@eq 0"', 2, 0),
        ('ARGS|TX:a "@rx a"', 2, 0),
        ('ARGS "@rx %{tx.a}"', 2, 0),
        ('ARGS "!@rx a"', 2, 1),
        ('REQBODY_PROCESSOR "@streq JSON"', 1, 0),
        ('REQBODY_PROCESSOR "@streq JSON"', 2, 1),
    ],
)
def test_what_the_gate_can_be_asked(asked: str, phase: int, terms: int) -> None:
    assert len(link(asked, f"phase:{phase},pass").terms) == terms


def test_terms_look_at_what_the_variables_mean() -> None:
    (named, listed, xml, scalar) = link('ARGS:Id|REQUEST_HEADERS|!REQUEST_HEADERS:Referer|XML://@*|REQUEST_METHOD "@rx a"').terms
    assert named.target.key == b"id"
    assert listed.target.without == {b"referer"}
    assert (xml.target.path, xml.target.sources, xml.target.key) == ("//@*", (Source.XML,), None)
    assert scalar.target.otherwise == b""
    assert {term.phase for term in (named, listed, xml, scalar)} == {Phase.REQUEST_BODY}


def test_transformations_and_flags_go_along() -> None:
    one = link('ARGS "!@rx a"', "phase:2,pass,t:lowercase,t:urlDecode,multiMatch,capture")
    assert [step.name for step in one.pipeline] == ["lowercase", "url_decode"]
    assert (one.negated, one.multi, one.capture) == (True, True, True)
    assert (one.terms[0].negated, one.terms[0].multi) == (True, True)


def test_an_operator_that_waits_for_its_macros() -> None:
    one = link('ARGS "@within %{tx.a}"')
    assert one.operator is None
    assert one.question is not None
    assert (one.question.name, one.question.argument.constant) == ("within", None)


def test_an_operator_that_is_not_here_never_holds_and_is_told_of() -> None:
    made = compiled('SecRule REMOTE_ADDR "!@geoLookup" "id:1,phase:1,deny"')
    (one,) = made.rules[0].links
    assert isinstance(one.operator, NoMatch)
    assert not one.negated
    assert [(note.place.line, note.text.partition(":")[0]) for note in made.notes] == [(1, "never holds here")]


def test_a_variable_without_a_value_is_told_of() -> None:
    assert "SCRIPT_UID" in compiled('SecRule SCRIPT_UID "@eq 0" "id:1,phase:1,pass"').notes[0].text


def test_all_faults_are_told_at_once_with_their_places() -> None:
    told = faults(
        'SecRule ARGZ "@rx a" "id:1,phase:1,pass"\n'
        'SecRule ARGS "@rxx a" "id:2,phase:1,pass"\n'
        'SecRule ARGS "@rx (" "id:3,phase:1,pass"\n'
        'SecRule ARGS "@rx a" "id:4,phase:1,pass,t:lowerCase,t:upper"\n'
        'SecRule ARGS "@rx a" "id:5,phase:1,pass,chain"\n'
        '    SecRule ARGS "@rx a" "setvar:b.c=1"\n'
    )
    assert [line for line, _ in told] == [1, 2, 3, 4, 6]
    for (_, text), word in zip(told, ("ARGZ", "@rxx", "is no pattern", "upper", "setvar"), strict=True):
        assert word in text


def test_translations_are_put_down_and_taken_up() -> None:
    known: dict[bytes, Translation] = {}
    program = read_seclang_text('SecRule ARGS "@rx a+b" "id:1,phase:2,pass"', "f")
    compile_program(program, known)
    assert list(known) == [b"a+b"]
    before = known[b"a+b"]
    compile_program(program, known)
    assert known[b"a+b"] is before


def test_data_files_stand_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "words.data").write_text("needle\n")
    (tmp_path / "rules.conf").write_text('SecRule ARGS "@pmFromFile words.data" "id:1,phase:2,pass"\n')
    (made,) = compile_program(read_seclang([tmp_path / "rules.conf"])).rules
    operator = made.links[0].operator
    assert operator is not None
    assert operator.find(b"a needle") == (2, 8)


def test_a_map_of_characters_changes_what_urldecodeuni_means(tmp_path: Path) -> None:
    (tmp_path / "map").write_text("(MAC)\n\n20127 (US-ASCII)\n00aa:61 2044:2f\n")
    script = f'SecUnicodeMapFile {tmp_path / "map"} 20127\nSecRule ARGS "@rx a" "id:1,phase:2,pass,t:urlDecodeUni"\n'
    assert compiled(script).rules[0].links[0].pipeline[0].apply(b"%u2044") == b"/"


def test_a_map_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "no map of characters" in faults(f"SecUnicodeMapFile {tmp_path / 'none'} 20127\n")[0][1]
