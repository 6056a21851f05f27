from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf.faults import RulesError
from edgeguard.waf.loader import load_rules, rules_from_text

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
- id: {id}
  title: t
  status: {status}
  match: {{a: {{http.request.path|contains: evil}}}}
  tests:
    match: [{{path: {match}}}]
    pass: [{{path: /good}}]
"""


def rule(name: str, status: str = "enforce", match: str = "/evil") -> str:
    return RULE.format(id=name, status=status, match=match)


def test_files_folders_and_globs_in_order(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.yaml").write_text(rule("b"))
    (tmp_path / "deep" / "c.yml").write_text(rule("c"))
    (tmp_path / "a.yaml").write_text(rule("a"))
    (tmp_path / "notes.txt").write_text("no rules")
    assert [one.id for one in load_rules([tmp_path], Waf()).rules] == ["a", "b", "c"]
    assert [one.id for one in load_rules([tmp_path / "b.yaml", str(tmp_path)], Waf()).rules] == ["b", "a", "c"]
    assert [one.id for one in load_rules([tmp_path / "*.yaml"], Waf()).rules] == ["a", "b"]
    assert [one.id for one in load_rules([tmp_path / "**" / "*.y*ml"], Waf()).rules] == ["a", "b", "c"]


def test_no_path_is_no_fault() -> None:
    assert load_rules([], Waf()).rules == ()


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a").replace("title", "titel"))
    (tmp_path / "b.yaml").write_text(rule("b", match="/good2"))
    (tmp_path / "c.yaml").write_text(rule("b"))
    (tmp_path / "d.yaml").write_bytes(b"\xff")
    with pytest.raises(RulesError) as caught:
        load_rules([tmp_path, tmp_path / "none.yaml"], Waf())
    told = {(fault.file.rpartition("/")[2], fault.line): fault.text for fault in caught.value.faults}
    assert "did you mean 'title'" in told["a.yaml", 3]
    assert "must match" in told["b.yaml", 7]
    assert "stands already in" in told["c.yaml", 2]
    assert "can't be read" in told["d.yaml", 1]
    assert "no rule file" in told["none.yaml", 1]


@pytest.mark.parametrize("status", ["test", "retired"])
def test_rules_that_are_not_asked_may_fail_their_tests(status: str) -> None:
    assert len(rules_from_text(rule("a", status, "/good"), Waf()).rules) == 1


@pytest.mark.parametrize("status", ["enforce", "shadow"])
def test_rules_that_are_asked_may_not(status: str) -> None:
    with pytest.raises(RulesError, match="must match"):
        rules_from_text(rule("a", status, "/good"), Waf())


def test_a_test_that_makes_no_sense_is_told_with_its_line() -> None:
    with pytest.raises(RulesError, match=r"<text>:7: unknown key of a test 'pth'; did you mean 'path'\?"):
        rules_from_text(rule("a").replace("{path: /evil}", "{pth: /evil}"), Waf())


SCRIPT = 'SecRule ARGS "@rx evil" "id:1,phase:2,log,deny"\nSecRule ARGS "@rbl a.example" "id:2,phase:2,log,pass"\n'


def test_scripts_stand_beside_rules_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a"))
    (tmp_path / "a.conf").write_text(SCRIPT)
    one = load_rules([tmp_path / "a.yaml"], Waf(seclang=[str(tmp_path / "a.conf")], compiled="off"))
    assert [each.rule.id for each in one.plan.rules] == ["a", "1", "2"]
    assert [note.place.line for note in one.notes] == [2]
    assert "name servers" in one.notes[0].text


def test_faults_of_both_languages_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a").replace("title", "titel"))
    (tmp_path / "a.conf").write_text(SCRIPT.replace("@rx evil", "@rx (evil"))
    with pytest.raises(RulesError) as caught:
        load_rules([tmp_path / "a.yaml"], Waf(seclang=[str(tmp_path / "a.conf")], compiled="off"))
    assert {fault.file.rpartition("/")[2] for fault in caught.value.faults} == {"a.yaml", "a.conf"}


def test_what_was_compiled_is_kept_for_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.conf").write_text(SCRIPT)
    settings = Waf(seclang=[str(tmp_path / "a.conf")], compiled=str(tmp_path / "kept"))
    load_rules([], settings)

    def never(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr("edgeguard.waf.gate._compile", never)
    assert [each.rule.id for each in load_rules([], settings).plan.rules] == ["1", "2"]


def test_without_gates_nothing_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeguard.waf.gate._compile", lambda *_: pytest.fail("compiled"))
    (tmp_path / "a.yaml").write_text(rule("a"))
    assert not load_rules([tmp_path], Waf(compiled="off"), gates=False).plan.gates
