from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import ssl
import urllib.request
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Start = Callable[..., subprocess.Popen[str]]
    Demo = tuple[subprocess.Popen[str], list[int], Path]


@pytest.fixture
def demo(start: Start) -> Demo:
    """A running demo with its ports (https, http, admin) and the path of its configuration."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [sock.getsockname()[1] for sock in sockets]
    options = [f"--{name}={port}" for name, port in zip(("port", "http-port", "admin-port"), ports, strict=True)]
    process = start("-m", "edgeguard", "demo", *options)
    assert process.stdout is not None
    shown = list(takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
    config = [line.split()[1] for line in shown if line.startswith("Configuration")]
    assert len(config) == 1, process.stderr and process.stderr.read()
    return process, ports, Path(config[0])


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def _get(port: int, path: str) -> tuple[int, bytes]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"https://localhost:{port}{path}", context=context, timeout=20) as response:
        return response.status, response.read()


def _survivors(pidfds: list[int]) -> list[int]:
    """Which of these processes still run after a while."""
    left = [pidfd for pidfd in pidfds if not select.select([pidfd], [], [], 20)[0]]
    for pidfd in pidfds:
        os.close(pidfd)
    return left


def test_it_serves_the_cms_and_ctrl_c_leaves_nothing_behind(demo: Demo) -> None:
    process, ports, config = demo
    status, page = _get(ports[0], "/")
    assert (status, b"It works." in page) == (200, True)
    assert config.parent.stat().st_mode & 0o777 == 0o700
    children = [os.pidfd_open(pid) for pid in _children(process.pid)]
    assert len(children) == 4  # the CMS, a worker and its inspector, and health and metrics
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert _survivors(children) == []
    assert not config.parent.exists()


def test_killed_it_takes_its_children_along(demo: Demo) -> None:
    process, _, _ = demo
    children = [os.pidfd_open(pid) for pid in _children(process.pid)]
    process.kill()
    assert _survivors(children) == []


def test_a_taken_port_is_one_clear_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("demo", "--port", str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"edgeguard: --port: 127.0.0.1:{port} is in use by another program; stop it (ss -ltnp shows it) or choose another port\n"
    )


def test_an_address_that_is_none_is_one_clear_line(run: Run) -> None:
    result = run("demo", "--address", "nowhere")
    assert result.returncode == 1
    assert result.stderr == "edgeguard: --port: 'nowhere' is no IP address\n"
