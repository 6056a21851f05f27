from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from small_rule_set import lay_out

from edgeguard.cli.rules_source import source_of
from edgeguard.waf import RulesError

if TYPE_CHECKING:
    from edgeguard.waf import Ruleset


def ids(ruleset: Ruleset) -> set[str]:
    return {rule.id for rule in (*ruleset.rules, *ruleset.chains)}


def test_a_core_rule_set_and_files_of_ones_own(tmp_path: Path) -> None:
    tree = lay_out(tmp_path)
    source = source_of(None, tree, 2, [tmp_path / "own.yaml"])
    assert {"t-1", "101", "201"} <= ids(source.ruleset())
    assert source.settings.crs is not None
    assert source.settings.crs.paranoia == 2
    assert source.texts()[101].id == 101


def test_folders_are_searched_for_both_languages(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert {"t-1", "101"} <= ids(source_of(None, None, None, [tmp_path]).ruleset())


def test_a_configuration_s_rules_in_whatever_mode(config: Path) -> None:
    config.write_text(config.read_text().replace("waf: {", "waf: {mode: shadow, "))
    source = source_of(config, None, None, None)
    assert ids(source.ruleset()) == {"t-1"}
    assert (source.mode, source.settings.mode) == ("shadow", "enforce")


def test_the_environment_may_name_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEGUARD_CONFIG", str(config))
    assert source_of(None, None, None, None).config is not None
    assert source_of(None, None, None, [config.parent / "rules"]).config is None


def test_what_contradicts_itself_is_refused(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDGEGUARD_CONFIG", raising=False)
    with pytest.raises(typer.BadParameter, match="-c has its rules already"):
        source_of(config, config.parent, None, None)
    with pytest.raises(typer.BadParameter, match="say which rules"):
        source_of(None, None, None, None)


@pytest.mark.parametrize("name", ["absent.conf", "empty"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RulesError, match=name):
        source_of(None, None, None, [tmp_path / name])


def test_a_script_is_there_as_long_as_it_is_needed(tmp_path: Path) -> None:
    source = source_of(None, lay_out(tmp_path), None, None)
    with source.with_script('SecAction "id:7,phase:1,pass,nolog"\n', first=True) as changed:
        (file,) = changed.settings.seclang
        assert 7 in changed.texts()
    assert not Path(file).exists()
    with source.with_script("SecRuleRemoveById 101\n", first=False) as changed:
        assert "101" not in ids(changed.ruleset())


def test_hidden_files_and_dynamic_rules_of_a_folder_are_left_out(tmp_path: Path) -> None:
    for name in ("one.yaml", "..data/one.yaml", ".hidden.yaml", "dynamic/logins.yaml", "sub/two.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("[]")
    source = source_of(None, None, None, [tmp_path])
    assert source.settings.rules == [str(tmp_path / "one.yaml"), str(tmp_path / "sub" / "two.yaml")]
