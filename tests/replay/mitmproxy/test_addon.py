"""The addon in a real mitmdump, which stands as a reverse proxy before a small origin, beside a real engine."""

from __future__ import annotations

import http.client
import http.server
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.replay.capture import ADDON

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


class Origin(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.rfile.read(length)
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 - as the standard library wants it

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def free_port() -> int:
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def engine(folder: Path) -> Iterator[Path]:
    (folder / "rules.yaml").write_text(RULE)
    path = folder / "eg.sock"
    command = [sys.executable, "-m", "edgeguard", "replay", "--serve", str(path), "--rules", str(folder / "rules.yaml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "answer at" in process.stderr.readline()
        yield path
        process.send_signal(signal.SIGTERM)


@contextmanager
def mitmdump(mitmproxy: Path, folder: Path, origin: int, *settings: str) -> Iterator[int]:
    port = free_port()
    log = folder / "mitmdump.log"
    command = [
        str(mitmproxy / "mitmdump"), "--listen-host", "127.0.0.1", "--listen-port", str(port), "--mode",
        f"reverse:http://127.0.0.1:{origin}", "-s", str(ADDON), "--set", f"confdir={folder / 'conf'}",
        "-w", str(folder / "capture.flow"), *(word for setting in settings for word in ("--set", setting)),
    ]  # fmt: skip
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process,
    ):
        deadline = time.monotonic() + 40
        while not reachable(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield port
        process.send_signal(signal.SIGTERM)


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(port: int, target: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        fields = {"content-type": "application/json"} if body else {}
        connection.request("POST" if body else "GET", target, body, fields)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_an_attack_is_blocked_and_the_rest_goes_on(mitmproxy: Path, tmp_path: Path, origin: int) -> None:
    with engine(tmp_path) as path, mitmdump(mitmproxy, tmp_path, origin, f"edgeguard_socket={path}") as port:
        assert ask(port, "/") == (200, b"ok")
        status, body = ask(port, "/?q=marzipan")
        assert status == 403
        assert b"EdgeGuard" in body
        assert ask(port, "/", b'{"a":"marzipan"}')[0] == 403
        assert ask(port, "/", b'{"a":"' + b"x" * 1_000_000 + b'"}') == (200, b"ok")
    words = [tmp_path / "capture.flow", "--rules", tmp_path / "rules.yaml", "--mitmproxy", mitmproxy / "python"]
    command = [sys.executable, "-m", "edgeguard", "replay", *words]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "4 requests from" in shown.stdout, shown.stderr
    assert "Newly blocked: 2 of 4" in shown.stdout


def test_it_can_only_mark(mitmproxy: Path, tmp_path: Path, origin: int) -> None:
    settings = ("edgeguard_mode=mark", f"edgeguard_socket={tmp_path / 'eg.sock'}")
    with engine(tmp_path), mitmdump(mitmproxy, tmp_path, origin, *settings) as port:
        assert ask(port, "/?q=marzipan") == (200, b"ok")
    assert "EdgeGuard: blocked GET /?q=marzipan (t-1)" in (tmp_path / "mitmdump.log").read_text()


def test_without_an_engine_requests_go_on_and_it_is_said_once(mitmproxy: Path, tmp_path: Path, origin: int) -> None:
    path = tmp_path / "eg.sock"
    with mitmdump(mitmproxy, tmp_path, origin, f"edgeguard_socket={path}") as port:
        for _ in range(3):
            assert ask(port, "/?q=marzipan") == (200, b"ok")
        with engine(tmp_path):
            assert ask(port, "/?q=marzipan")[0] == 403
    told = (tmp_path / "mitmdump.log").read_text()
    assert told.count("requests go on unseen") == 1
    assert "EdgeGuard answers again" in told
