from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_good_configuration_is_summed_up(run: Run, config: Path) -> None:
    result = run("check", "-c", config)
    assert (result.returncode, result.stderr) == (0, "")
    first, *rest = result.stdout.splitlines()
    assert first == f"OK {config}"
    assert any(line.startswith("  rules      ") for line in rest)
    assert "  origin     http://127.0.0.1:1" in rest


def test_the_environment_may_name_the_file(run: Run, config: Path) -> None:
    assert run("check", EDGEGUARD_CONFIG=str(config)).returncode == 0


def test_a_misspelt_key_is_told_with_its_line_and_the_nearest_one(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("origin:", "orgin:"))
    result = run("check", "-c", config)
    assert (result.returncode, result.stdout) == (1, "")
    assert f"{config}:2: " in result.stderr
    assert "origin" in result.stderr


def test_a_missing_file_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    result = run("check", "-c", tmp_path / "nothing.yaml")
    assert (result.returncode, result.stdout) == (1, "")
    assert "nothing.yaml" in result.stderr
    assert "No such file" in result.stderr
    assert "Traceback" not in result.stderr


def test_faults_of_rules_are_told_with_file_and_line(run: Run, config: Path) -> None:
    rule = config.parent / "rules" / "one.yaml"
    rule.write_text(rule.read_text().replace("severity: low", "severty: low"))
    result = run("check", "-c", config)
    assert result.returncode == 1
    assert "one.yaml:" in result.stderr
    assert "severity" in result.stderr


def test_dynamic_rules_are_looked_at_too(run: Run, config: Path, tmp_path: Path) -> None:
    assert "rules that count over several requests, in memory; enforce" in run("check", "-c", config).stdout
    (tmp_path / "dynamic").mkdir()
    (tmp_path / "dynamic" / "own.yaml").write_text("- id: own\n  titel: wrong\n")
    result = run("check", "-c", config)
    assert result.returncode == 1
    assert "own.yaml:2: unknown key 'titel'; did you mean 'title'?" in result.stderr
