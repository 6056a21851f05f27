from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_rule_set import YAML, lay_out

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _laid_out(tmp_path: Path) -> None:
    lay_out(tmp_path)


def test_a_rule_of_seclang(run: Run) -> None:
    result = run("rules", "show", "101", "--crs", "crs")
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "101  Evil in %{MATCHED_VAR_NAME}"
    assert "crs/rules/REQUEST-1.conf:5" in lines
    assert "SecLang, phase 2, critical, paranoia 1" in lines
    assert "active: asked of requests" in lines
    assert any(line.startswith('SecRule ARGS|REQUEST_COOKIES "@contains evil" "id:101,') for line in lines)
    assert "ARGS|REQUEST_COOKIES  @contains evil" in lines
    assert any(line.startswith("t:lowercase") and line.endswith("ASCII letters in lower case.") for line in lines)


def test_a_rule_of_the_other_language_as_it_stands(run: Run) -> None:
    result = run("rules", "show", "t-1", "--rules", "own.yaml")
    for line in YAML.splitlines():
        assert f"  {line}\n" in result.stdout


def test_why_it_is_left_out(run: Run) -> None:
    assert "left-out: its paranoia level is 2" in run("rules", "show", "201", "--crs", "crs").stdout
    assert "active: asked" in run("rules", "show", "201", "--crs", "crs", "--paranoia", "2").stdout


def test_for_programs(run: Run) -> None:
    told = json.loads(run("rules", "show", "102", "--crs", "crs", "--json").stdout)
    assert (told["id"], told["line"], len(told["asks"])) == ("102", 9, 2)
    assert told["text"].count("SecRule") == 2


def test_an_id_that_nobody_has(run: Run) -> None:
    result = run("rules", "show", "109", "--crs", "crs")
    assert result.returncode == 1
    assert "no rule has the id 109; there are 101" in result.stderr
