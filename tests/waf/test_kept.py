from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import RulesError, Ruleset, load_rules, loader
from edgeguard.waf.kept import Kept
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
- id: t-{number}
  title: Word {number}
  match: {{word: {{http.request.query|contains: word-{number}}}}}
  tests:
    match: [{{path: "/?q=word-{number}"}}]
    pass: [{{path: /}}]
"""


class Desk:
    """Two files of rules and a script, loaded again and again; counts what is done anew."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.one, self.two = folder / "one.yaml", folder / "two.yaml"
        self.one.write_text(RULE.format(number=1))
        self.two.write_text(RULE.format(number=2))
        (folder / "my.conf").write_text('SecRule ARGS "@pmFromFile words.data" "id:1,phase:2,deny,nolog"\n')
        self.words = folder / "words.data"
        self.words.write_text("alpha\n")
        self.settings = Waf(rules=[str(folder)], seclang=[str(folder / "*.conf")], compiled="off")
        self.kept = Kept()
        self.done: list[str] = []
        for name in ("read_rules", "failure", "read_scripts"):
            monkeypatch.setattr(loader, name, self._counted(name, getattr(loader, name)))

    def _counted(self, name: str, work):  # type: ignore[no-untyped-def]  # whatever it takes
        def counted(*arguments: object) -> object:
            self.done.append(name)
            return work(*arguments)

        return counted

    def load(self, **settings: object) -> Ruleset:
        self.done.clear()
        with Reading():
            return load_rules(self.settings.rules, self.settings.model_copy(update=settings), gates=False, kept=self.kept)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_only_what_has_changed_is_done_anew(desk: Desk) -> None:
    first = desk.load()
    assert sorted(set(desk.done)) == ["failure", "read_rules", "read_scripts"]
    assert desk.load().digest == first.digest
    assert desk.done == []
    desk.two.write_text(RULE.format(number=3))
    assert desk.load().digest != first.digest
    assert desk.done == ["read_rules", "failure", "failure"]


def test_what_fails_is_asked_again_and_so_is_what_was_mended(desk: Desk) -> None:
    desk.load()
    desk.two.write_text(RULE.format(number=2).replace("?q=word-2", "?q=other"))
    for _ in range(2):
        with pytest.raises(RulesError, match="t-2 must match"):
            desk.load()
        assert desk.done[-1] == "failure"
    desk.two.write_text(RULE.format(number=2))
    desk.load()
    assert [rule.id for rule in desk.load().rules] == ["t-1", "t-2"]


def test_other_settings_prove_rules_and_scripts_anew(desk: Desk) -> None:
    desk.load()
    desk.load(inspect_bytes=1000)
    assert desk.done == ["failure"] * 4
    desk.load(inspect_bytes=1000, seclang=[])
    assert "read_scripts" in desk.done


def test_a_list_beside_a_script_is_part_of_it(desk: Desk) -> None:
    desk.load()
    desk.words.write_text("beta\n")
    desk.load()
    assert desk.done == ["read_scripts"]


def test_without_a_reading_scripts_are_read_each_time(desk: Desk) -> None:
    for _ in range(2):
        desk.done.clear()
        load_rules(desk.settings.rules, desk.settings, gates=False, kept=desk.kept)
        assert "read_scripts" in desk.done
