from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from edgeguard.replay.serving import answer, serve
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULE = """\
- id: t-1
  title: A word
  severity: critical
  match: {word: {http.request.any|contains: marzipan}}
  tests: {match: [{path: "/?q=marzipan"}], pass: [{path: /}]}
"""
ATTACK = b'{"id":"a","method":"GET","target":"/?q=marzipan","headers":[["host","a"]]}\n'
PLAIN = b'{"id":"b","method":"GET","target":"/","headers":[["host","a"]]}\n'


def test_a_line_for_a_line(side, rule) -> None:
    one = side(rule("t-1", "marzipan"))
    said = json.loads(answer(one, ATTACK))
    assert (said["id"], said["outcome"], said["status"], said["score"]) == ("a", "blocked", 403, 5)
    assert said["matches"][0]["rule"] == "t-1"
    assert json.loads(answer(one, PLAIN))["outcome"] == "pass"
    assert "JSON" in json.loads(answer(one, b"nonsense\n"))["error"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("serving")
    path = folder / "eg.sock"
    (folder / "rules.yaml").write_text(RULE)
    command = [sys.executable, "-m", "edgeguard", "replay", "--serve", str(path), "--rules", str(folder / "rules.yaml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "1 rule answer" in process.stderr.readline()
        assert f"edgeguard_socket={path}" in process.stderr.readline()
        yield path
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not path.exists()


def ask(path: Path, *questions: bytes) -> list[dict[str, object]]:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.settimeout(20)
        sock.connect(str(path))
        file = sock.makefile("rwb")
        found = []
        for question in questions:
            file.write(question)
            file.flush()
            found.append(json.loads(file.readline()))
        return found


def test_over_a_socket_of_its_users_own(served: Path) -> None:
    assert served.stat().st_mode & 0o077 == 0
    assert [each["outcome"] for each in ask(served, PLAIN, ATTACK, PLAIN)] == ["pass", "blocked", "pass"]
    assert [each["outcome"] for each in ask(served, ATTACK)] == ["blocked"]


def test_a_socket_that_is_taken_is_left_alone(served: Path, side, rule) -> None:
    with pytest.raises(Refused, match="listens there already"):
        serve(side(rule("t-1", "marzipan")), served, lambda _: None)
    assert ask(served, PLAIN)[0]["outcome"] == "pass"


def test_something_else_is_not_removed(side, rule, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(Refused, match="no socket"):
        serve(side(rule("t-1", "marzipan")), tmp_path / "file", lambda _: None)
    assert (tmp_path / "file").read_text() == "precious"
