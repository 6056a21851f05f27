from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from edgeguard.demo.scene import Ports
from edgeguard.demo.tour import Stop, tour

STOPS = tour(Ports(https=8443, http=8080, admin=9180))


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.title)
def test_each_line_is_one_that_a_shell_reads(stop: Stop) -> None:
    assert "\n" not in stop.command
    assert "curl" in stop.command
    result = subprocess.run(["sh", "-n", "-c", stop.command], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_ports_are_those_of_the_demo() -> None:
    commands = " ".join(stop.command for stop in tour(Ports(https=1001, http=1002, admin=1003)))
    assert all(place in commands for place in ("https://localhost:1001", "http://localhost:1002", "http://127.0.0.1:1003"))
    assert "8443" not in commands


def test_the_article_is_json_and_about_sql() -> None:
    save = next(stop.command for stop in STOPS if "editor" in stop.title)
    document = json.loads(shlex.split(save)[-1])
    assert "SELECT" in document["data"]["attributes"]["body"]
