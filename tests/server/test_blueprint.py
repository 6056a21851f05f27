from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config import ConfigError
from edgeguard.observe.samples.keys import KeyFault, add_key
from edgeguard.server.blueprint import load
from edgeguard.waf import RulesError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_it_holds_what_workers_are_made_from(blueprint: Callable[[dict[str, Any]], Any]) -> None:
    made = blueprint({})
    assert [rule.id for rule in made.ruleset.rules] == ["t-1"]
    assert len(made.config_digest) == 64


def test_a_random_key_survives_a_reload_and_a_configured_one_is_read_anew(
    blueprint: Callable[[dict[str, Any]], Any], tmp_path: Path
) -> None:
    made = blueprint({})
    path = tmp_path / "edgeguard.yaml"
    assert load(path).key != made.key
    assert load(path, made).key == made.key
    configured = blueprint({"identity": {"key": "a key of enough characters"}})
    assert load(path, made).key == configured.key != made.key


def test_faults_are_raised(blueprint: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    blueprint({})
    (tmp_path / "rules.yaml").write_text("- id: nonsense\n")
    with pytest.raises(RulesError):
        load(tmp_path / "edgeguard.yaml")
    with pytest.raises(ConfigError):
        load(tmp_path / "missing.yaml")


def test_keys_of_samples_that_can_t_be_used_keep_what_runs(blueprint: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    key = tmp_path / "samples.key"
    add_key(key)
    made = blueprint({"observe": {"samples": {"folder": "samples", "key_file": str(key)}}})
    key.write_text("no key\n")
    with pytest.raises(KeyFault, match=r"samples\.key:1"):
        load(tmp_path / "edgeguard.yaml", made)
