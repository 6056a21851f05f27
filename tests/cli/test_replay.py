from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from commands import run_here

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

__all__ = ["run_here"]  # the fixture `run`

RULE = """\
- id: {name}
  title: {word} is there
  severity: critical
  match: {{word: {{http.request.any|contains: {word}}}}}
  tests: {{match: [{{path: "/?q={word}"}}], pass: [{{path: /}}]}}
"""


@pytest.fixture(autouse=True)
def _laid_out(tmp_path: Path) -> None:
    for name, word in (("t-1", "marzipan"), ("t-2", "nougat")):
        (tmp_path / f"{name}.yaml").write_text(RULE.format(name=name, word=word))
    (tmp_path / "own.conf").write_text('SecRule ARGS "@contains toffee" "id:5,phase:2,deny,t:none"\n')
    targets = ["/?q=marzipan", "/?q=nougat", "/?q=toffee", "/", "/?token=hunter2hunter2&q=nougat"]
    lines = [
        json.dumps({"id": f"r{at}", "method": "GET", "target": each, "headers": {"host": "a"}}) for at, each in enumerate(targets)
    ]
    (tmp_path / "day.jsonl").write_text("\n".join(lines))


def test_a_change_of_rules(run: Run) -> None:
    result = run("replay", "day.jsonl", "--rules", "t-2.yaml", "--rules", "own.conf", "--against", "t-1.yaml", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert [(each["rule"], each["requests"]) for each in told["newly_blocked"]["by_rule"]] == [("t-2", 2), ("5", 1)]
    assert [each["rule"] for each in told["newly_passed"]["by_rule"]] == ["t-1"]
    assert "hunter2" not in result.stdout


def test_lines_may_come_from_another_program(run: Run, tmp_path: Path) -> None:
    result = run("replay", "-", "-r", "t-2.yaml", "--json", text=(tmp_path / "day.jsonl").read_text())
    assert json.loads(result.stdout)["newly_blocked"]["requests"] == 2, result.stderr


def test_the_same_rules_twice_are_no_change(run: Run) -> None:
    result = run("replay", "day.jsonl", "-r", "*.yaml", "-a", "*.yaml", "--most-newly-blocked", "0", "--most-newly-passed", "0")
    assert (result.returncode, result.stderr) == (0, "")
    assert "No request is treated otherwise." in result.stdout


@pytest.mark.parametrize(("most", "code"), [("2", 1), ("3", 0), ("59%", 1), ("60%", 0)])
def test_a_gate(run: Run, most: str, code: int) -> None:
    result = run("replay", "day.jsonl", "-r", "t-2.yaml", "-r", "own.conf", "-a", "t-1.yaml", "--most-newly-blocked", most)
    assert result.returncode == code
    assert ("3 newly blocked, where" in result.stderr) is bool(code)


def test_one_set_of_rules_is_compared_with_what_happened(run: Run, tmp_path: Path) -> None:
    verdicts = ({"verdict": "blocked", "score": 5, "rules": ["t-1"]}, {"verdict": "pass"})
    lines = [
        json.dumps({"method": "GET", "target": "/?q=marzipan", "headers": {"host": "a"}, "verdict": verdict})
        for verdict in verdicts
    ]
    (tmp_path / "then.jsonl").write_text("\n".join(lines))
    told = json.loads(run("replay", "then.jsonl", "-r", "t-1.yaml", "--json").stdout)
    assert (told["newly_blocked"]["requests"], told["against"]["blocked"], told["rules"]["blocked"]) == (1, 1, 2)


def test_examples_and_rules_are_as_many_as_wanted(run: Run) -> None:
    words = ("replay", "day.jsonl", "-r", "t-2.yaml", "-r", "own.conf", "-a", "t-1.yaml")
    assert run(*words).stdout.count("[r") == 4
    shown = run(*words, "--examples", "0", "--top", "1").stdout
    assert "[r" not in shown
    assert "and 1 more rules" in shown


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("day.jsonl",), 2, "--rules"),
        (("--rules", "t-1.yaml"), 2, "TRAFFIC"),
        (("day.jsonl", "-r", "t-1.yaml", "--most-newly-blocked", "few"), 2, "neither a number"),
        (("gone.jsonl", "-r", "t-1.yaml"), 1, "gone.jsonl"),
        (("day.jsonl", "-r", "gone.yaml"), 1, "gone.yaml"),
        (("day.jsonl", "-r", "gone-*.yaml"), 1, "gone-*.yaml"),
        (("t-1.yaml", "-r", "t-1.yaml"), 1, "no request could be read"),
        (("a.flow", "-r", "t-1.yaml"), 1, "scripts/mitmproxy"),
        (("day.jsonl", "-r", "edgeguard.yaml", "-r", "t-1.yaml"), 1, "name it alone"),
        (("day.jsonl", "-r", "t-1.yaml", "-c", "edgeguard.yaml"), 1, "observe.samples"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    run: Run, config: Path, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    (tmp_path / "a.flow").write_bytes(b"")
    result = run("replay", *words)
    assert result.returncode == code
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_rules_of_a_configuration_with_its_modes(run: Run, config: Path) -> None:
    config.with_name("shadow.yaml").write_text(config.read_text().replace("waf: {", "waf: {mode: shadow, "))
    words = ("replay", "day.jsonl", "-r", "shadow.yaml", "-a", str(config), "--json")
    assert json.loads(run(*words).stdout)["empty"]
