from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_faults_are_told_with_file_line_and_what_to_write(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.conf").write_text(
        'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRul ARGS "@rx a" "id:2"\nSecRule ARG "@rx a" "id:3"\n'
    )
    (tmp_path / "bad.yaml").write_text("- id: t-1\n  titel: x\n")
    result = run("rules", "lint", "bad.conf", "bad.yaml")
    assert (result.returncode, result.stdout) == (1, "")
    assert "bad.conf:2: unknown directive 'SecRul'; did you mean 'SecRule'?" in result.stderr
    assert "bad.yaml:2: unknown key 'titel'; did you mean 'title'?" in result.stderr
    assert result.stderr.splitlines()[-1].endswith("faults")


def test_notes_are_no_faults(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.conf").write_text('SecAuditLog /x\nSecRule ARGS "!@rx a*" "id:1,phase:2,deny,nolog"\n')
    result = run("rules", "lint", "my.conf")
    assert (result.returncode, result.stderr) == (0, "")
    note, last = result.stdout.splitlines()
    assert note.startswith("my.conf:1: SecAuditLog")
    assert last == "1 rule: no faults, 1 note, 1 about cost (--all shows them)"
    assert "it is negated" in run("rules", "lint", "my.conf", "--all").stdout


def test_for_programs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.conf").write_text('SecRule REQUEST_BODY "@rx a" "id:1,phase:1,deny,nolog"\n')
    (told,) = json.loads(run("rules", "lint", "my.conf", "--json").stdout)
    assert (told["kind"], told["rule"], told["line"]) == ("note", "1", 1)
    (tmp_path / "my.conf").write_text("SecRul\n")
    result = run("rules", "lint", "my.conf", "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)[0]["kind"] == "fault"


def test_a_configuration_s_rules(run: Run, config: Path) -> None:
    note, last = run("rules", "lint", "-c", config).stdout.splitlines()
    assert "rules/one.yaml:1: t-1: it has no tags" in note
    assert last == "1 rule: no faults, 1 note, 0 about cost"
    config.write_text(config.read_text().replace("origin:", "orgin:"))
    result = run("rules", "lint", "-c", config)
    assert result.returncode == 1
    assert f"{config}:2: " in result.stderr


def test_exclusions_that_have_ended_and_rules_that_nobody_has_are_noted(run: Run, config: Path) -> None:
    section = "exclusions: [{name: old, rules: [t-2], until: 2020-01-31}]"
    config.write_text(config.read_text().replace("rules: [rules]", f"rules: [rules], {section}"))
    lines = run("rules", "lint", "-c", config).stdout.splitlines()
    assert any("the exclusion old ended on 2020-01-31" in line for line in lines)
    assert any("unknown rule 't-2'; did you mean 't-1'?" in line for line in lines)
