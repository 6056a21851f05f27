from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Exclusion, Waf
from edgeguard.server.exclusion_use import UNUSED_SECONDS, ExclusionUse, Use, read_use

if TYPE_CHECKING:
    from pathlib import Path


def test_when_each_last_fired_is_kept_over_restarts(tmp_path: Path) -> None:
    use = ExclusionUse()
    use.note(("a", "b"), {"a": 0.0, "b": 0.0}, tmp_path, 1000.0)
    use.note(("a", "b"), {"a": 2.0, "b": 0.0}, tmp_path, 1060.0)
    use.note(("a", "b"), {"a": 2.0, "b": 0.0}, tmp_path, 1120.0)
    assert read_use(tmp_path) == {"a": Use(1000.0, 1060.0), "b": Use(1000.0, 0.0)}
    again = ExclusionUse()  # counts begin at 0 anew
    again.note(("a", "b"), {"b": 1.0}, tmp_path, 2000.0)
    assert read_use(tmp_path) == {"a": Use(1000.0, 1060.0), "b": Use(1000.0, 2000.0)}


def test_those_that_are_gone_are_forgotten_and_begin_anew(tmp_path: Path) -> None:
    use = ExclusionUse()
    use.note(("a",), {}, tmp_path, 1000.0)
    use.note(("b",), {}, tmp_path, 2000.0)
    use.note(("a", "b"), {}, tmp_path, 3000.0)
    assert read_use(tmp_path) == {"a": Use(3000.0), "b": Use(2000.0)}


def test_nothing_is_written_where_nothing_has_changed(tmp_path: Path) -> None:
    use = ExclusionUse()
    use.note(("a",), {}, tmp_path, 1000.0)
    before = (tmp_path / "exclusions.json").stat().st_mtime_ns
    use.note(("a",), {}, tmp_path, 1060.0)
    assert (tmp_path / "exclusions.json").stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["exclusions.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": ["x", 1]}', "\x00"])
def test_a_file_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "exclusions.json").write_text(content)
    assert read_use(tmp_path) == {}
    assert read_use(None) == {}


def test_what_was_not_needed_for_ninety_days() -> None:
    assert Use(0.0).unused(UNUSED_SECONDS)
    assert not Use(0.0).unused(UNUSED_SECONDS - 1)
    assert not Use(0.0, 5.0).unused(UNUSED_SECONDS)
    assert Use(0.0, 5.0).unused(UNUSED_SECONDS + 5)


def test_endings_are_told_once_a_day_and_at_each_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("edgeguard.server.exclusion_use.log.warning", told.append)
    settings = Waf(exclusions=[Exclusion.model_validate({"rules": ["a"], "until": "2020-01-01"})])
    use = ExclusionUse()
    for _ in range(3):
        use.turn(settings, tmp_path, tmp_path)
    assert told == ["the exclusion exclusion-1 ended on 2020-01-01; its rules act again, and it can be taken out"]
    use.loaded()
    use.turn(settings, tmp_path, tmp_path)
    assert len(told) == 2
    assert set(json.loads((tmp_path / "exclusions.json").read_text())) == {"exclusion-1"}


def test_without_exclusions_nothing_is_done(tmp_path: Path) -> None:
    ExclusionUse().turn(Waf(), tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []
