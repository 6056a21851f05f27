from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = """\
- id: t-1
  title: A word
  tags: [cwe/89]
  match: {word: {http.request.query|contains: one-word}}
  tests:
    match: [{path: "/?q=one-word"}]
    pass: [{path: /}]
"""


def test_all_tests_pass(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD)
    result = run("rules", "test", "my.yaml")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "1 rule, 2 tests: none failed\n"


def test_each_failure_tells_the_request_and_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD.replace("?q=one-word", "?q=one_word"))
    result = run("rules", "test", "my.yaml")
    assert result.returncode == 1
    assert result.stderr.startswith('my.yaml:6: t-1 must match {"path": "/?q=one_word"}, but does not: word does not hold\n')
    assert "fails: http.request.query has 'q=one_word'" in result.stderr


def test_a_rule_in_test_may_fail(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD.replace("?q=one-word", "?q=one_word").replace("title:", "status: test\n  title:"))
    result = run("rules", "test", "my.yaml")
    assert result.returncode == 0
    assert "status test" in result.stderr


def test_evasions_and_their_threshold(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD)
    result = run("rules", "test", "my.yaml", "--mutate", "--mutation", "case", "--mutation", "percent", "--threshold", "90")
    assert result.returncode == 1
    assert "t-1 survives" in result.stderr
    assert '  case: {"path": "/", "query": {"q": "ONE-WORD"}}' in result.stdout.splitlines()
    assert run("rules", "test", "my.yaml", "--mutate", "--mutation", "twice", "--threshold", "90").returncode == 0


def test_for_programs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD)
    told = json.loads(run("rules", "test", "my.yaml", "--mutate", "--mutation", "case", "--json").stdout)
    assert (told["rules"], told["tests"], told["failed"]) == (1, 2, [])
    (rule,) = told["survival"]
    assert rule["mutations"]["case"]["variants"] == rule["variants"] > rule["stopped"]
    assert rule["missed"][0]["line"] == 6


def test_wrong_names_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(GOOD)
    assert "there is no mutation cas; there are case," in " ".join(
        run("rules", "test", "my.yaml", "--mutation", "cas").stderr.split()
    )
    assert "no rule is called t-2" in run("rules", "test", "my.yaml", "--id", "t-2").stderr
    assert "there is no such file" in run("rules", "test", "other.yaml").stderr
