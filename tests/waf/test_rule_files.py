from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import RulesError, load_rules, rule_files
from edgeguard.waf.rule_files import Reading, still_holds

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
- id: t-1
  title: A word
  match: {word: {http.request.query|contains: one-word}}
  tests:
    match: [{path: "/?q=one-word"}]
    pass: [{path: /}]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "one.yaml").write_text(RULE)
    (folder / "my.conf").write_text('SecRule ARGS "@pmFromFile words.data" "id:1,phase:2,deny,nolog"\n')
    (folder / "words.data").write_text("alpha\nbeta\n")
    return folder


def settings(folder: Path) -> Waf:
    return Waf(rules=[str(folder)], seclang=[str(folder / "*.conf")], compiled="off")


def test_a_ruleset_is_had_once_more_from_what_its_files_held(rules: Path) -> None:
    with Reading() as first:
        before = load_rules([rules], settings(rules), gates=False)
    assert {name.rpartition("/")[2] for name in first.contents} == {"one.yaml", "my.conf", "words.data"}
    (rules / "one.yaml").unlink()
    (rules / "words.data").write_text("gamma\n")
    with Reading(first.contents, first.answers):
        again = load_rules([rules], settings(rules), gates=False)
    assert again.digest == before.digest
    with pytest.raises(RulesError), Reading():
        load_rules([rules], settings(rules), gates=False)


@pytest.mark.parametrize("change", ["content", "new file", "data file", "removed", "swapped link", "touched"])
def test_what_has_changed_is_noticed_without_reading(rules: Path, change: str) -> None:
    if change == "swapped link":
        (rules.parent / "a").mkdir()
        (rules.parent / "b").mkdir()
        for name in "ab":
            (rules.parent / name / "two.yaml").write_text(RULE.replace("t-1", "t-2"))
        (rules / "..data").symlink_to(rules.parent / "a")
        (rules / "two.yaml").symlink_to("..data/two.yaml")
    with Reading() as reading:
        load_rules([rules], settings(rules), gates=False)
    assert reading.now() == reading.then()
    match change:
        case "content":
            (rules / "one.yaml").write_text(RULE + "\n")
        case "new file":
            (rules / "new.conf").write_text("")
        case "data file":
            (rules / "words.data").write_text("alpha\nbeta\ngamma\n")
        case "removed":
            (rules / "one.yaml").unlink()
        case "swapped link":
            (rules / "..new").symlink_to(rules.parent / "b")
            (rules / "..new").rename(rules / "..data")
        case "touched":
            os.utime(rules / "one.yaml", (1, 1))
    assert reading.now() != reading.then()
    assert still_holds(reading.told()) is (change in ("touched", "swapped link"))


def test_a_file_that_could_not_be_read_is_waited_for(tmp_path: Path) -> None:
    with Reading() as reading, pytest.raises(FileNotFoundError):
        rule_files.content(tmp_path / "later")
    assert reading.now() == reading.then()
    assert still_holds(reading.told())
    (tmp_path / "later").write_text("now")
    assert reading.now() != reading.then()
    assert not still_holds(reading.told())


def test_what_is_hidden_is_not_read(tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap."""
    (tmp_path / "..2026_11_25").mkdir()
    (tmp_path / "..2026_11_25" / "one.yaml").write_text(RULE)
    (tmp_path / "..data").symlink_to("..2026_11_25")
    (tmp_path / "one.yaml").symlink_to("..data/one.yaml")
    (tmp_path / ".one.yaml").write_text("an editor's own")
    assert rule_files.below(tmp_path, (".yaml",)) == [tmp_path / "one.yaml"]


def test_the_digest_tells_contents_and_names_apart(tmp_path: Path) -> None:
    def digest(**files: str) -> str:
        return Reading({name: text.encode() for name, text in files.items()}).digest

    assert digest(a="1", b="2") == digest(b="2", a="1")
    assert len({digest(a="1"), digest(a="2"), digest(b="1"), digest()}) == 4


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_files, "LARGEST", 10)
    (tmp_path / "large").write_text("x" * 100)
    assert len(rule_files.content(tmp_path / "large")) == 11
