from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_rules_are_added_with_the_next_free_id_and_load(run: Run, tmp_path: Path) -> None:
    assert run("rules", "new", "acme.yaml", "--prefix", "acme").stdout.startswith("acme.yaml:1: acme-1, in status test\n")
    options = ("--title", "An old plugin", "--pattern", "/plugin", "--status", "enforce", "--tag", "cwe/284")
    assert run("rules", "new", "acme.yaml", *options).stdout.startswith("acme.yaml:17: acme-2, in status enforce\n")
    result = run("rules", "test", "acme.yaml")
    assert (result.returncode, result.stdout) == (0, "2 rules, 4 tests: none failed\n")
    assert "no faults, 0 notes" in run("rules", "lint", "acme.yaml").stdout


def test_beside_a_configuration(run: Run, config: Path) -> None:
    result = run("rules", "new", "-c", config)
    assert result.returncode == 0, result.stderr
    assert (config.parent / "rules" / "t-2.yaml").read_text().startswith("- id: t-2 ")
    assert run("rules", "lint", "-c", config).returncode == 0


def test_nothing_is_written_that_would_not_load(run: Run, tmp_path: Path) -> None:
    result = run("rules", "new", "acme.yaml", "--selector", "http.request.pth")
    assert result.returncode == 1
    assert "unknown target 'http.request.pth'; did you mean" in result.stderr
    result = run("rules", "new", "acme.yaml", "--operator", "matches", "--pattern", "a+", "--status", "enforce")
    assert result.returncode == 1
    assert "must match" in result.stderr
    assert not (tmp_path / "acme.yaml").exists()


def test_a_taken_id_is_refused_and_output_may_go_elsewhere(run: Run, config: Path) -> None:
    result = run("rules", "new", "-", "-c", config, "--id", "t-1")
    assert result.returncode == 1
    assert "the id t-1 is taken" in result.stderr
    assert run("rules", "new", "-", "-c", config).stdout.startswith("- id: t-2 ")
