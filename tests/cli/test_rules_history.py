from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.config import load_config
from edgeguard.server.history import History, sources_digest
from edgeguard.waf import load_rules
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def versions(config: Path) -> Callable[..., None]:
    """Puts texts of the rule file in force, one after the other, as an edge would."""
    config.write_text(config.read_text().replace("rules: [rules]", "rules: [rules], compiled: kept"))
    file = config.parent / "rules" / "one.yaml"

    def make(*changes: tuple[str, str]) -> None:
        for old, new in changes:
            file.write_text(file.read_text().replace(old, new))
            settings = load_config(config).waf
            history = History.of(config, settings)
            with Reading() as reading:
                ruleset = load_rules(settings.rules, settings, gates=False)
            version = history.propose(ruleset, sources_digest(reading, settings), "watch", "one.yaml", None)
            history.commit(version, ruleset, reading, settings)

    return make


def test_versions_are_listed_with_what_they_changed(run: Run, config: Path, versions: Callable[..., None]) -> None:
    versions(("never", "never-1"), ("severity: low", "severity: high"))
    lines = run("rules", "history", "-c", config).stdout.splitlines()
    assert lines[0].startswith("*    2  ")
    assert lines[0].endswith("1 rules  watch: one.yaml")
    assert lines[1].strip() == "1 changed (t-1)"
    assert lines[2].startswith("     1  ")
    assert lines[-1] == "* in force when the edge last ran"
    told = json.loads(run("rules", "history", "-c", config, "--json").stdout)
    assert (told["in_force"], told["running"], told["pinned"]) == (2, False, False)
    assert [version["number"] for version in told["versions"]] == [2, 1]
    assert run("rules", "history", "-c", config, "-n", "1").stdout.count("watch: one.yaml") == 1


def test_where_there_are_none_it_is_said_why(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("rules: [rules]", "rules: [rules], compiled: kept"))
    assert "no edge has served by this configuration yet" in run("rules", "history", "-c", config).stdout
    config.write_text(config.read_text().replace("compiled: kept", 'compiled: "off"'))
    assert "waf.compiled is off" in run("rules", "history", "-c", config).stdout


def test_versions_are_compared(run: Run, config: Path, versions: Callable[..., None]) -> None:
    versions(("never", "never-1"), ("severity: low", "severity: high"))
    assert "    + severity: high" in run("rules", "diff", "1", "2", "-c", config).stdout.splitlines()
    assert run("rules", "diff", "2", "-c", config).stdout == "no rule differs\n"
    result = run("rules", "diff", "7", "-c", config)
    assert result.returncode == 1
    assert "there is no such version; kept are 1, 2" in result.stderr


def test_a_rollback_waits_for_the_next_start(run: Run, config: Path, versions: Callable[..., None]) -> None:
    versions(("never", "never-1"), ("severity: low", "severity: high"))
    result = run("rules", "rollback", "-c", config)
    assert result.returncode == 0
    assert "version 1 comes into force at its next start" in result.stdout
    pin = History.of(config, load_config(config).waf).pin()
    assert pin is not None
    assert pin.version == 1
    assert pin.holds(load_config(config).waf)
    assert "pinned" in run("rules", "history", "-c", config).stdout
    assert run("rules", "rollback", "--release", "-c", config).returncode == 0
    assert "nothing was pinned" in run("rules", "rollback", "--release", "-c", config).stdout
