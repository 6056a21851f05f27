from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

TESTS = """\
rule_id: 100
tests:
  - stages: [{input: {uri: /absent, headers: {Host: h}}, output: {log: {no_expect_ids: [100]}}}]
  - stages: [{input: {headers: {Host: h}}, output: {log: {expect_ids: [100]}}}]
"""
RULES = 'SecRule REQUEST_URI "@streq /never" "id:100,phase:1,pass,msg:\'never\'"\n'


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, ...]:
    """Options that name a rule set of one rule, and two tests of which the second fails."""
    (tmp_path / "crs" / "rules").mkdir(parents=True)
    (tmp_path / "crs" / "rules" / "REQUEST-100.conf").write_text(RULES)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "100.yaml").write_text(TESTS)
    return ("conformance", "ftw", "--crs", "crs", "--tests", "tests")


def test_failing_tests_are_told_and_the_last_line_sums_up(run: Run, folders: tuple[str, ...]) -> None:
    result = run(*folders)
    first, *_, last = result.stdout.splitlines()
    assert first == "failed 100-2  (100.yaml)"
    assert "  expected: rule 100 was expected to match" in result.stdout
    assert last == "passed 1 of 2, explained 0, failed 1"
    assert (result.returncode, result.stderr) == (1, "")


def test_with_a_reason_it_is_well(run: Run, folders: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text("- {test: 100-2, reason: it is so}\n- {test: 100-1, reason: it was so}\n")
    result = run(*folders, "--overrides", "known.yaml", "--verbose")
    assert result.returncode == 0
    assert "  reason:   it is so" in result.stdout
    assert "stale: no test needs the override of 100-1 any more" in result.stdout
    assert result.stdout.splitlines()[-1] == "passed 1 of 2, explained 1, failed 0"


def test_one_test_alone(run: Run, folders: tuple[str, ...]) -> None:
    result = run(*folders, "--only", "100-1")
    assert (result.returncode, result.stdout) == (0, "passed 1 of 1, explained 0, failed 0\n")


def test_none_is_no_success(run: Run, folders: tuple[str, ...]) -> None:
    result = run(*folders, "--only", "999")
    assert (result.returncode, result.stdout) == (1, "passed 0 of 0, explained 0, failed 0\n")


def test_lines_for_machines(run: Run, folders: tuple[str, ...]) -> None:
    *results, sums = map(json.loads, run(*folders, "--json").stdout.splitlines())
    assert [(item["test"], item["verdict"]) for item in results] == [("100-1", "passed"), ("100-2", "failed")]
    assert (sums["passed"], sums["of"], sums["failed"]) == (1, 2, 1)


def test_tests_that_cannot_be_read_are_told_with_their_file(run: Run, folders: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "tests" / "101.yaml").write_text("tests: [{stages: [{input: {colour: red}, output: {}}]}]")
    result = run(*folders)
    assert (result.returncode, result.stdout) == (1, "")
    assert "101.yaml" in result.stderr
    assert "colour" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_that_is_not_there_is_wrong_usage(run: Run, folders: tuple[str, ...]) -> None:
    assert run(*folders[:-1], "absent").returncode == 2
