from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from edgeguard.cli.rules_versions import versions_of
from edgeguard.config import ConfigError
from edgeguard.server.history import place

if TYPE_CHECKING:
    from pathlib import Path


def test_where_they_are_while_no_edge_runs(config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text().replace("rules: [rules]", "rules: [rules], compiled: kept"))
    known = versions_of(config)
    assert known.history.folder == place(config, str(tmp_path / "kept"))
    assert known.runtime is None
    assert known.state() is None


def test_the_environment_may_name_the_configuration(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEGUARD_CONFIG", str(config))
    assert versions_of(None).config == config
    monkeypatch.delenv("EDGEGUARD_CONFIG")
    with pytest.raises(typer.BadParameter):
        versions_of(None)


def test_a_configuration_that_does_not_load_has_versions_all_the_same(config: Path) -> None:
    config.write_text("nonsense: true\n")
    assert versions_of(config).settings.compiled == "auto"
    with pytest.raises(ConfigError):
        versions_of(config.parent / "missing.yaml")
