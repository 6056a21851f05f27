from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_rule_set import BLOCKED, lay_out

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _laid_out(tmp_path: Path) -> None:
    lay_out(tmp_path)


def test_on_a_folder_of_requests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "traffic").mkdir()
    (tmp_path / "traffic" / "1.http").write_bytes(BLOCKED)
    (tmp_path / "traffic" / "2.http").write_text("GET /?a=fine HTTP/1.1\nHost: h\n\n")
    (tmp_path / "traffic" / "3.http").write_text("GET / HTTP/1.1\nno host\n\n")
    result = run("rules", "cost", "--crs", "crs", "--traffic", "traffic")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "2 requests, of which rules would block 1; 1 more the edge refuses by itself"
    assert "engine time, each request for the first time: p50 " in lines[1]
    row = next(line.split() for line in lines if line.startswith("101"))
    assert row[1:3] == ["1", "1"]
    assert any(line.startswith("values of") for line in lines)


def test_on_the_sample_that_comes_with_it(run: Run) -> None:
    told = json.loads(run("rules", "cost", "--crs", "crs", "--json").stdout)
    assert told["requests"] > 60
    assert (told["refused"], told["blocked"]) == (0, 0)
    assert told["again"]["p50"] > 0


def test_the_dearest_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "1.http").write_bytes(BLOCKED)
    shown = run("rules", "cost", "--crs", "crs", "--traffic", "one", "--top", "1").stdout
    assert "more rules" in shown
    assert "more lists" in shown


def test_a_sample_without_requests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    result = run("rules", "cost", "--crs", "crs", "--traffic", "none")
    assert result.returncode == 1
    assert "no request is there" in result.stderr
