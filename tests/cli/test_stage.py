from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from edgeguard.cli.stage import NotReady, require_ports, require_redis, show
from edgeguard.demo.scene import Ports, Scene

_AT_A_TERMINAL = """
import fcntl, signal, sys, termios
from edgeguard.cli.stage import end_with_terminal

def end(*_):
    print("end", flush=True)
    sys.exit(0)

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGHUP, lambda *_: print("reload", flush=True))
end_with_terminal()
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_a_taken_port_is_told_with_the_option_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotReady, match=f"--http-port: 127.0.0.1:{port} is in use"):
            require_ports(Ports(https=0, http=port, admin=-1))


def test_ports_differ() -> None:
    with pytest.raises(NotReady, match="must differ"):
        require_ports(Ports(https=8443, http=8080, admin=8443))


@pytest.mark.parametrize("url", ["127.0.0.1", "http://127.0.0.1", "redis://127.0.0.1:many"])
def test_what_is_no_redis_url_is_told(url: str) -> None:
    with pytest.raises(NotReady, match="takes an address such as redis:"):
        require_redis(url)


def test_a_missing_redis_is_told_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotReady, match=f"no Redis answers at 127.0.0.1:{port}") as told:
        require_redis(f"redis://user:hunter2@127.0.0.1:{port}/0")
    assert "hunter2" not in str(told.value)


@pytest.mark.redis
def test_a_redis_that_answers_will_do_and_only_while_it_answers(redis: Any) -> None:
    url = f"redis://127.0.0.1:{redis.port}/0"
    require_redis(url)
    redis.kill()
    with pytest.raises(NotReady, match="no Redis answers"):
        require_redis(url)


def test_what_to_try_is_shown_as_it_can_be_copied() -> None:
    screen = Console(file=io.StringIO(), width=40, soft_wrap=True)
    scene = Scene(Path("/demo/edgeguard.yaml"), Path("/demo/access.log"), Path("/demo/events.log"))
    show(screen, Ports(https=8443, http=8080, admin=9180), scene)
    lines = screen.file.getvalue().splitlines()
    assert any(line.strip().startswith("curl ") and len(line) > 100 for line in lines)
    assert any(line.endswith("/demo/edgeguard.yaml") for line in lines)
    assert lines[-2] == "Ctrl-C ends it."


def test_hang_up_reloads_at_a_terminal_and_ends_without() -> None:
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _AT_A_TERMINAL], stdin=terminal, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    os.close(terminal)
    assert process.stdout is not None
    try:
        with process.stdout:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGHUP)
            assert process.stdout.readline() == "reload\n"
            os.close(controller)
            assert process.stdout.readline() == "end\n"
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
