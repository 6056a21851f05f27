"""What can be asked wrongly; that it works is in `test_rules_history` without an edge, and in the journeys with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_without_versions_there_is_nothing_to_put_back(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("rules: [rules]", "rules: [rules], compiled: kept"))
    result = run("rules", "rollback", "-c", config)
    assert result.returncode == 1
    assert "no versions are kept" in result.stderr


def test_release_takes_no_version(run: Run, config: Path) -> None:
    assert run("rules", "rollback", "7", "--release", "-c", config).returncode == 2
    assert run("rules", "rollback").returncode == 2
