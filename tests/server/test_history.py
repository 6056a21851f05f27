from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.server import history
from edgeguard.server.history import History, Pin, Version, place, settings_digest, sources_digest
from edgeguard.waf import RulesError, Ruleset, load_rules
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
- id: t-{number}
  title: A word
  match: {{word: {{http.request.query|contains: {word}}}}}
  tests:
    match: [{{path: "/?q={word}"}}]
    pass: [{{path: /}}]
"""


class Desk:
    """A configuration with one file of rules."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "one.yaml"
        self.config = folder / "edgeguard.yaml"
        self.config.touch()
        self.settings = Waf(rules=[str(self.file)], compiled=str(folder / "kept"))
        self.history = History.of(self.config, self.settings)

    def load(self) -> tuple[Ruleset, Reading]:
        with Reading() as reading:
            return load_rules(self.settings.rules, self.settings, gates=False), reading

    def in_force(self, *rules: tuple[int, str], why: str = "watch") -> Version:
        """Write rules, and put them in force."""
        self.file.write_text("".join(RULE.format(number=number, word=word) for number, word in rules))
        ruleset, reading = self.load()
        version = self.history.propose(ruleset, sources_digest(reading, self.settings), why, "somebody", None)
        return self.history.commit(version, ruleset, reading, self.settings)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_versions_count_up_and_tell_what_they_changed(desk: Desk) -> None:
    first = desk.in_force((1, "one-word"), why="start")
    second = desk.in_force((1, "two-words"), (2, "other"))
    third = desk.in_force((2, "other"))
    assert [version.number for version in (first, second, third)] == [1, 2, 3]
    assert desk.history.versions() == [first, second, third]
    assert [version.changes for version in desk.history.versions()] == ["", "1 added (t-2); 1 changed (t-1)", "1 removed (t-1)"]
    assert desk.history.in_force() == third
    assert third.label == f"3-{third.digest[:8]}"


def test_what_is_in_force_already_is_no_new_version(desk: Desk) -> None:
    first = desk.in_force((1, "one-word"))
    assert desk.in_force((1, "one-word"), why="start") == first
    desk.in_force((1, "two-words"))
    assert desk.in_force((1, "one-word")).number == 3  # in force anew, and later


def test_a_version_is_had_back_from_what_its_files_held(desk: Desk) -> None:
    first = desk.in_force((1, "one-word"))
    desk.in_force((1, "two-words"))
    desk.file.unlink()
    settings, reading = desk.history.restore(first.number)
    with reading:
        again = load_rules(settings.rules, settings, gates=False)
    assert again.digest == first.digest


def test_only_so_many_are_kept_and_nothing_else_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    for turn in range(6):
        desk.in_force((1, f"word-{turn}"))
    folder = desk.history.folder
    assert folder is not None
    assert [version.number for version in desk.history.versions()] == [4, 5, 6]
    assert sorted(file.name for file in folder.glob("v*")) == ["v4.json.z", "v5.json.z", "v6.json.z", "versions.json"]
    assert len(list((folder / "blobs").iterdir())) == 3
    with pytest.raises(RulesError, match="there is no such version; kept are 4, 5, 6"):
        desk.history.restore(3)


def test_what_is_damaged_is_told_and_never_loaded(desk: Desk) -> None:
    desk.in_force((1, "one-word"))
    folder = desk.history.folder
    assert folder is not None
    (blob,) = (folder / "blobs").iterdir()
    blob.write_bytes(history.zlib.compress(b"- id: other\n"))
    with pytest.raises(RulesError, match="damaged"):
        desk.history.restore(1)
    (folder / "v1.json.z").write_bytes(b"nonsense")
    with pytest.raises(RulesError, match="can't be read"):
        desk.history.restore(1)
    (folder / "versions.json").write_text("[]")
    assert desk.history.versions() == []


def test_a_pin_holds_until_files_or_settings_change(desk: Desk) -> None:
    desk.in_force((1, "one-word"))
    _, reading = desk.load()
    desk.history.set_pin(Pin(1, "somebody", 0.0, settings_digest(desk.settings), reading.told()))
    pin = desk.history.pin()
    assert pin is not None
    assert pin.holds(desk.settings)
    assert pin.holds(desk.settings.model_copy(update={"watch": False}))
    assert not pin.holds(desk.settings.model_copy(update={"threshold": 7}))
    os.utime(desk.file, (1, 1))
    assert pin.holds(desk.settings)
    desk.file.write_text("")
    assert not pin.holds(desk.settings)
    assert desk.history.unpin()
    assert desk.history.pin() is None
    assert not desk.history.unpin()


def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o777)
    (tmp_path / "kept").chmod(0o777)
    open_to_all = History.of(tmp_path / "edgeguard.yaml", Waf(compiled=str(tmp_path / "kept")))
    off = History.of(tmp_path / "edgeguard.yaml", Waf(compiled="off"))
    assert open_to_all.folder is off.folder is None
    assert off.versions() == []
    with pytest.raises(RulesError, match="no versions are kept"):
        off.restore(1)


def test_without_a_folder_versions_are_counted_all_the_same(desk: Desk) -> None:
    desk.in_force((1, "one-word"))
    ruleset, reading = desk.load()
    nowhere = History(None)
    first = nowhere.propose(ruleset, "a", "start", "", None)
    assert nowhere.propose(ruleset, "a", "signal", "", first) == first
    assert nowhere.propose(ruleset, "b", "signal", "", first).number == 2
    assert nowhere.commit(first, ruleset, reading, desk.settings) == first


def test_nobody_else_can_read_what_is_kept(desk: Desk) -> None:
    desk.in_force((1, "one-word"))
    folder = desk.history.folder
    assert folder is not None
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.rglob("*"))


def test_histories_of_configurations_that_are_gone_go_after_a_while(desk: Desk, tmp_path: Path) -> None:
    old = place(tmp_path / "gone.yaml", desk.settings.compiled)
    assert old is not None
    (old / "blobs").mkdir(parents=True)
    (old / "blobs" / "x").touch()
    (old / "about.json").write_text(json.dumps({"config": str(tmp_path / "gone.yaml")}))
    History.of(tmp_path / "second.yaml", desk.settings)
    assert old.exists()
    os.utime(old, (time.time() - 90_000,) * 2)
    History.of(tmp_path / "third.yaml", desk.settings)
    assert not old.exists()
    assert desk.history.folder is not None
    assert desk.history.folder.exists()


def test_what_was_only_a_trial_is_forgotten(desk: Desk) -> None:
    desk.in_force((1, "one-word"))
    folder = desk.history.folder
    assert folder is not None
    history.forget(desk.config, desk.settings.compiled)
    assert not folder.exists()
    history.forget(desk.config, "off")
