from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import RulesError
from edgeguard.waf.seclang import reader as under_test
from edgeguard.waf.seclang.reader import Reader, read_seclang, read_seclang_text
from edgeguard.waf.seclang.syntax import Action, Link, Marker, Operation, Place, SecRule, Variable

if TYPE_CHECKING:
    from pathlib import Path


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(RulesError) as caught:
        read_seclang_text(text, "f")
    return [(fault.line, fault.text) for fault in caught.value.faults]


def test_a_rule() -> None:
    program = read_seclang_text(
        'SecRule ARGS|!ARGS:q "!@within %{tx.allowed}" \\\n'
        "    \"id:100,\\\n    phase:2,\\\n    deny,\\\n    t:none,t:lowercase,\\\n    msg:'no, never',\\\n    setvar:tx.a=+1\"\n"
        "SecMarker END\n",
        "f",
    )
    place = Place("f", 1)
    assert program.items == (
        SecRule(
            100,
            2,
            (
                Link(
                    place,
                    (Variable("ARGS"), Variable("ARGS", "q", excluded=True)),
                    Operation("within", "%{tx.allowed}", negated=True),
                    ("lowercase",),
                    (Action("setvar", "tx.a=+1"),),
                ),
            ),
            place,
            Action("deny"),
            message="no, never",
        ),
        Marker("END", Place("f", 8)),
    )
    assert program.notes == ()
    assert program.folders == {"f": ""}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("SecRul ARGS", 1, "unknown directive 'SecRul'; did you mean 'SecRule'?"),
        ("\n<IfModule security2_module>", 2, "containers of Apache's configuration are not read"),
        ('"id:1"', 1, "does the line above lack a backslash at its end?"),
        ("SecRule ARGS", 1, "SecRule is written 'SecRule VARIABLES OPERATOR [ACTIONS]'; something is missing"),
        ('SecRule ARGS @rx a b "id:1"', 1, "5 words behind it: put quotes around each"),
        ('SecRule ARGS "@rx a', 1, "a quote is not closed"),
        ('SecRule ARGS "@rx a"', 1, "a rule needs an id"),
        ('SecRule ARGS "@rx a" "phase:2"', 1, "a rule needs an id"),
        ('SecAction "phase:2"', 1, "a rule needs an id"),
        ('SecRule AR-GS "@rx a" "id:1"', 1, "'-GS' stands behind AR"),
        ('SecRule ARGS "@" "id:1"', 1, "an operator's name was expected"),
        ('SecRule ARGS "@rx a" "id:1,\\\n  phase:2,\\\n  dney"', 3, "did you mean 'deny'?"),
        ('SecRule ARGS "@rx a" "id:1,\\\n  msg:\'a"', 2, "the quote in msg is not closed"),
        ('SecAction "id:1"\nSecAction "id:1"', 2, "the id 1 stands already in f:1"),
        ('SecAction "id:1,chain"', 1, "no SecRule follows"),
        ('SecAction "id:1,chain"\nSecMarker A', 1, "no SecRule follows"),
        ('SecAction "id:1,chain"\nSecAction "deny"', 2, "deny can stand in the first rule of a chain only, f:1"),
        ('SecDefaultAction "deny"', 1, "needs a phase"),
        ('SecDefaultAction "phase:1,block"', 1, "needs a disruptive action other than block"),
        ('SecDefaultAction "phase:1,deny"\nSecDefaultAction "phase:1,pass"', 2, "phase 1 has a SecDefaultAction already, in f:1"),
        ("Include", 1, "is written 'Include FILE'"),
        ("Include nothing.conf", 1, "no file is there: nothing.conf"),
    ],
)
def test_faults(text: str, line: int, told: str) -> None:
    (fault,) = faults(text)
    assert fault[0] == line
    assert told in fault[1]


def test_all_faults_are_told_at_once() -> None:
    found = faults('SecFoo a\nSecRule A: "@" "id:0,foo"\nSecRuleEngine Maybe\nSecAction "id:1"\nSecAction "id:1"')
    assert [line for line, _ in found] == [1, 2, 2, 2, 3, 5]


def test_a_broken_rule_brings_no_faults_of_its_chain() -> None:
    text = (
        'SecRule A "@rx ["a]" "id:1,chain"\n  SecRule B "@rx b" "t:none"\nSecRule C "@rx ["c]" "id:2"\nSecRule D "@rx d" "id:3"'
    )
    assert [line for line, _ in faults(text)] == [1, 3]


def test_a_chained_rule_may_have_what_means_nothing() -> None:
    program = read_seclang_text(
        'SecAction "id:1,phase:1,chain"\nSecRule A "@rx a" "id:2,pass,chain"\nSecRule A "a" "phase:2,block"'
    )
    assert [note.place.line for note in program.notes] == [2, 3]
    assert len(program.items) == 1


def test_a_chained_rule_needs_no_actions() -> None:
    (rule,) = read_seclang_text('SecAction "id:1,phase:1,chain"\nSecRule A a\n').items
    assert isinstance(rule, SecRule)
    assert rule.links[1].operation == Operation("rx", "a")
    read_seclang_text('SecAction "id:1,phase:1,chain"\nSecRule A a ""\n')


def test_a_chain_has_an_end() -> None:
    assert "at most 100 rules" in faults('SecAction "id:1,chain"\n' + 'SecRule A a "chain"\n' * 100 + "SecRule A a")[0][1]


def test_settings_may_stand_within_a_chain() -> None:
    assert len(read_seclang_text('SecAction "id:1,phase:1,chain"\nSecRuleEngine On\nSecRule A a').items) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (r'SecRule A "@rx a\\b" "id:1,phase:1"', "two backslashes are read as one"),
        ('SecRule A "@rx a\\\n b" "id:1,phase:1"', "an expression goes on in the next line"),
        ('SecRule !A:b "@rx a" "id:1,phase:1"', "the rule looks at nothing"),
    ],
)
def test_notes(line: str, told: str) -> None:
    (note,) = read_seclang_text(line).notes
    assert told in note.text


def test_pairs_of_backslashes_are_one_or_stay() -> None:
    line = r'SecRule A "@rx \\d" "id:1,phase:1"'
    assert [read_seclang_text(line).items[0].links[0].operation.argument] == [r"\d"]  # type: ignore[union-attr]  # a rule
    kept = read_seclang_text(line, pairs="kept")
    assert kept.items[0].links[0].operation.argument == r"\\d"  # type: ignore[union-attr]  # a rule
    assert kept.notes == ()


def test_words_over_lines_that_are_no_expression_need_no_note() -> None:
    assert read_seclang_text('SecRule A "@pm a \\\n   b" "id:1,phase:1"').notes == ()


def test_faults_have_an_end() -> None:
    assert len(faults("SecFoo\n" * 1000)) == 200


def test_a_statement_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_LONGEST", 20)
    assert "more than 20 characters" in faults('SecAction "id:1,phase:1,msg:aaaaaaaaa"')[0][1]


# Files.


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "main.conf").write_text('Include rules/*.conf\nIncludeOptional local.conf\nSecAction "id:1,phase:1,pass"\n')
    (tmp_path / "rules" / "b.conf").write_text('SecAction "id:20,phase:1,pass"\nInclude c.inc\n')
    (tmp_path / "rules" / "a.conf").write_text('SecAction "id:10,phase:1,pass"\n')
    (tmp_path / "rules" / "c.inc").write_text('SecAction "id:30,phase:1,pass"\n')
    return tmp_path


def numbers(items: tuple[SecRule | Marker, ...]) -> list[int]:
    return [item.id for item in items if isinstance(item, SecRule)]


def test_files_include_others_beside_them(tree: Path) -> None:
    program = read_seclang([tree / "main.conf"])
    assert numbers(program.items) == [10, 20, 30, 1]
    assert program.items[2].place == Place(str(tree / "rules" / "c.inc"), 1)
    assert program.folders[str(tree / "rules" / "c.inc")] == str(tree / "rules")


def test_patterns_are_read_in_the_order_of_names(tree: Path) -> None:
    assert numbers(read_seclang([f"{tree}/rules/?.conf"]).items) == [10, 20, 30]


def test_texts_and_files_are_read_in_the_order_given(tree: Path) -> None:
    reader = Reader()
    reader.text('SecAction "id:5,phase:1,pass"')
    reader.files(tree / "rules" / "a.conf")
    reader.text("Include a.conf2\nSecRuleRemoveById 5", "after", tree)
    with pytest.raises(RulesError, match=r"^after:1: no file is there"):
        reader.program()
    reader = Reader()
    reader.text('SecAction "id:5,phase:1,pass"')
    reader.files(tree / "rules" / "a.conf", tree / "rules" / "b.conf")
    reader.text('SecAction "id:6,phase:1,pass"', "after")
    assert numbers(reader.program().items) == [5, 10, 20, 30, 6]


def test_the_same_file_twice_has_the_same_ids_twice(tree: Path) -> None:
    with pytest.raises(RulesError, match=r"the id 10 stands already in .*a\.conf:1"):
        read_seclang([tree / "rules" / "a.conf", tree / "rules" / "a.conf"])


def test_files_that_include_themselves(tree: Path) -> None:
    (tree / "rules" / "c.inc").write_text("Include b.conf\n")
    with pytest.raises(RulesError) as caught:
        read_seclang([tree / "rules" / "b.conf"])
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (str(tree / "rules" / "c.inc"), 1)
    assert "b.conf includes itself by way of" in fault.text


def test_a_file_that_is_not_there_or_a_folder(tree: Path) -> None:
    with pytest.raises(RulesError) as caught:
        read_seclang([tree / "no.conf", tree])
    assert [fault.text.split(":")[0] for fault in caught.value.faults] == [
        f"{tree} is a folder; for its files write {tree}/*.conf",
        "no file is there",
    ]


def test_files_go_only_so_deep(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_DEPTH", 2)
    with pytest.raises(RulesError, match="more than 2 files include each other"):
        read_seclang([tree / "main.conf"])


def test_a_chain_may_go_on_in_an_included_file_and_must_end_in_its_own(tree: Path) -> None:
    (tree / "rules" / "a.conf").write_text("SecRule A a\n")
    program = Reader()
    program.text('SecAction "id:7,phase:1,pass,chain"\nInclude rules/a.conf', folder=tree)
    assert len(program.program().items) == 1
    program.text('SecAction "id:8,phase:1,pass,chain"')
    program.files(tree / "rules" / "a.conf")
    with pytest.raises(RulesError, match="no SecRule follows"):
        program.program()


def test_notes_come_in_the_order_of_reading(tree: Path) -> None:
    reader = Reader()
    reader.text("SecTmpDir /z", "z")
    reader.text("SecDataDir /a\nSecRuleRemoveById 1\nSecTmpDir /a", "a")
    assert [(note.place.file, note.place.line) for note in reader.program().notes] == [("z", 1), ("a", 1), ("a", 2), ("a", 3)]
