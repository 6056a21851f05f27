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
run_control(Admin(), pathlib.Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
"""


def start(runtime: Path, sock: socket.socket) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(runtime), str(sock.fileno())]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, pass_fds=[sock.fileno()])


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_on_a_given_socket_until_it_is_told_to_end(number: signal.Signals, runtime: Path, sock: socket.socket) -> None:
    with start(runtime, sock) as process:
        assert process.stderr is not None
        assert "admin address open" in process.stderr.readline()
        connection = http.client.HTTPConnection("127.0.0.1", sock.getsockname()[1], timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        process.send_signal(number)  # with a connection open
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
        connection.close()
