from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = """
import pathlib, socket, sys
from edgeguard.config.model import Admin
from edgeguard.control.process import run_control
from edgeguard.observe.log import configure
configure("info")
given = int(sys.argv[3])
sock = socket.socket(fileno=given) if given >= 0 else None
run_control(Admin(port=int(sys.argv[1])), pathlib.Path(sys.argv[2]), sock)
"""


def start(port: int, runtime: Path, sock: socket.socket | None = None) -> subprocess.Popen[str]:
    given = sock.fileno() if sock else -1
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), str(runtime), str(given)],
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[given] if sock else [],
    )


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_on_a_given_socket_until_it_is_told_to_end(number: signal.Signals, runtime: Path, sock: socket.socket) -> None:
    with start(0, runtime, sock) as process:
        assert process.stderr is not None
        assert "admin address open" in process.stderr.readline()
        connection = http.client.HTTPConnection("127.0.0.1", sock.getsockname()[1], timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        process.send_signal(number)  # with a connection open
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
        connection.close()


def test_a_taken_address_is_told_in_one_line(runtime: Path, sock: socket.socket) -> None:
    with start(sock.getsockname()[1], runtime) as process:
        assert process.stderr is not None
        told = process.stderr.read()
        assert process.wait(10) == 1
    assert told.count("\n") == 1
    assert "cannot listen on the admin address" in told
    assert "admin.port" in told
