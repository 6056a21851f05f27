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
    (tmp_path / "one.http").write_bytes(BLOCKED)
    (tmp_path / "events.log").write_text(
        '{"event": "request_blocked", "id": "r1", "path": "/x", "query": "a=evil", "host": "h", "method": "GET", "score": 5,'
        ' "matches": [{"rule": "101", "title": "Evil", "target": "ARGS:a", "value": "evil", "score": 5}], "match_count": 1}\n'
    )
    entry = {"request": {"method": "GET", "url": "http://h/?a=evil", "headers": []}}
    (tmp_path / "one.har").write_text(json.dumps({"log": {"entries": [entry]}}))


@pytest.mark.parametrize(
    "request_",
    [
        ("one.http",),
        ("one.har",),
        ("--har", "one.har", "--entry", "1"),
        ("--curl", "curl 'http://h/?a=evil'"),
        ("--event", "r1", "--log", "events.log"),
    ],
)
def test_a_request_in_any_form(run: Run, request_: tuple[str, ...]) -> None:
    result = run("rules", "explain", "--crs", "crs", *request_)
    assert (result.returncode, result.stderr) == (0, "")
    assert "BLOCKED with status 403" in result.stdout
    assert "[[evil]]" in result.stdout


def test_from_standard_input(run: Run) -> None:
    result = run("rules", "explain", "--crs", "crs", "--client", "203.0.113.9", "-", text="GET /?a=fine HTTP/1.1\nHost: h\n")
    assert result.returncode == 0
    assert "(standard input, from 203.0.113.9)" in result.stdout
    assert "PASSES" in result.stdout


def test_as_one_object(run: Run) -> None:
    told = json.loads(run("rules", "explain", "--crs", "crs", "--json", "one.http").stdout)
    assert told["verdict"]["action"] == "block"
    assert [match["id"] for match in told["matches"]] == ["101", "910"]
    assert all(way["verified"] for way in told["exclusion"]["ways"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "say which request"),
        (("one.http", "--curl", "curl h"), 2, "say which request"),
        (("absent.http",), 1, "absent.http: there is no such file"),
        (("--event", "r1"), 2, "--log FILE"),
        (("--event", "r9", "--log", "events.log"), 1, "no event has the id r9"),
        (("--curl", "wget h"), 1, "begins with the word curl"),
        (("--har", "one.har", "--entry", "7"), 1, "--entry takes 1 to 1"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(run: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = run("rules", "explain", "--crs", "crs", *arguments)
    assert (result.returncode, result.stdout) == (code, "")
    assert says in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_rules_that_do_not_load_are_told_with_their_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.conf").write_text('\nSecRule ARGS "@rxx a" "id:1,phase:2,deny"\n')
    result = run("rules", "explain", "--rules", "bad.conf", "one.http")
    assert result.returncode == 1
    assert "bad.conf:2: unknown operator '@rxx'; did you mean '@rx'?" in result.stderr
