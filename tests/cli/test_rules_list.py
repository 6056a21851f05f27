from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_rule_set import lay_out

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _laid_out(tmp_path: Path) -> None:
    lay_out(tmp_path)


def test_all_rules_and_their_sum(run: Run) -> None:
    result = run("rules", "list", "--crs", "crs", "--rules", "own.yaml")
    head, *rows, last = result.stdout.splitlines()
    assert head.split() == ["id", "status", "phase", "PL", "severity", "title"]
    assert "101      active     2      1   critical  Evil in %{MATCHED_VAR_NAME}" in rows
    assert last == "11 rules: 3 active, 5 on-change, 1 settled, 1 left-out, 1 enforce"
    assert (result.returncode, result.stderr) == (0, "")


def test_some_of_them(run: Run) -> None:
    told = json.loads(run("rules", "list", "--crs", "crs", "--json", "--id", "100-199", "--phase", "2").stdout)
    assert [entry["id"] for entry in told] == ["101", "102"]
    assert told[0]["file"].endswith("REQUEST-1.conf")
    assert run("rules", "list", "--crs", "crs", "--tag", "attack-evil").stdout.splitlines()[-1] == "1 rule of 10"


def test_filters_that_make_no_sense(run: Run) -> None:
    result = run("rules", "list", "--crs", "crs", "--status", "on")
    assert result.returncode == 1
    assert "no status 'on'; known: active" in result.stderr
