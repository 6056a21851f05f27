"""A slice of the sets of `benchmarks/efficacy` against an edge with its defaults, and sets from outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "efficacy.py"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def measured(*arguments: str) -> dict[str, dict[str, float]]:
    command = [sys.executable, str(PROGRAM), "--no-peer", "--json", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)["EdgeGuard"]
    return {name: figure for name, figure in figures.items() if figure["of"] or figure["errors"]}


def test_attacks_are_stopped_and_people_are_not():
    figures = measured("--set", "tuned", "--every", "40")
    attacks = figures["detected, tuned, by group: all"]
    traffic = figures["false alarms, tuned, by group: legitimate"]
    saves = figures["false alarms, tuned, by group: editorial"]
    assert attacks["of"] > 100
    assert traffic["of"] > 80
    assert saves["of"] > 10
    assert attacks["errors"] == traffic["errors"] == saves["errors"] == 0
    assert attacks["percent"] >= 95
    assert traffic["percent"] <= 2
    assert saves["percent"] == 0


def test_lists_of_payloads_and_folders_of_raw_requests_are_sent(tmp_path):
    (tmp_path / "list.txt").write_text("1' UNION SELECT password FROM users-- -\n<script>alert(1)</script>\n\n")
    for name in ("attacks", "legitimate/pages"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "attacks" / "union.http").write_bytes(
        b"GET /?id=1%27%20UNION%20SELECT%20a%20FROM%20b--%20- HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    (tmp_path / "legitimate" / "pages" / "home.http").write_bytes(b"GET /news?page=2 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n")
    (tmp_path / "legitimate" / "pages" / "form.http").write_bytes(
        b"POST /contact HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\nname=O%27Brien"
    )
    payloads = ("--payloads", str(tmp_path / "list.txt"), "--encoders", "url,double-url", "--places", "query,json")
    figures = measured(*payloads, "--requests", str(tmp_path))
    assert figures["detected, outside, by class: list"]["of"] == 6  # no one decodes percent signs in JSON
    assert figures["detected, outside, by class: list"]["percent"] == 100
    assert figures["detected, outside, by encoding: double-url"]["of"] == 2
    assert figures["detected, outside, by place: json"]["of"] == 2
    assert figures["detected, outside, by class: attacks"]["hits"] == 1
    assert figures["false alarms, outside, by class: pages"]["of"] == 2
    assert figures["false alarms, outside, by class: pages"]["percent"] == 0


def test_an_unknown_encoder_is_told_with_those_that_there_are(tmp_path):
    (tmp_path / "list.txt").write_text("x\n")
    command = [sys.executable, str(PROGRAM), "--payloads", str(tmp_path / "list.txt"), "--encoders", "rot13"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert "no encoder is called rot13" in ran.stderr
    assert "double-url" in ran.stderr
