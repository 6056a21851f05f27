"""What several rooms test against: a real Redis on a port of its own, which tests may stop, freeze and kill."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Compiled patterns of tests have a place of their own, so that those of real rule sets are not pushed out.
os.environ["XDG_CACHE_HOME"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "compiled")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """One redis-server, kept in memory only."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self.port = free_port()
        port = ("--port", "0", "--tls-port", str(self.port)) if "--tls-cert-file" in options else ("--port", str(self.port))
        self._command = [program, *port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), *options]
        if "--cluster-enabled" in options:  # its own choice, 10,000 above, may be no port at all
            self._command += ["--cluster-port", str(free_port())]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.01)
        raise RuntimeError(f"redis-server did not start on port {self.port}")

    def _answers(self) -> bool:
        """It says something, if only that it wants TLS: then all its sockets are open."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                probe.recv(64)
        except ConnectionResetError:
            return True
        except OSError:
            return False
        return True

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def freeze(self) -> None:
        """It takes connections and bytes, because the kernel does, and answers nothing."""
        self.signal(signal.SIGSTOP)
        assert self._process is not None
        while Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def settings(self, **more: object) -> Redis:
        return Redis.model_validate({"url": f"redis://127.0.0.1:{self.port}", "retry_seconds": 0.05, **more})


@pytest.fixture
def make_redis(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    program = os.environ.get("EDGEGUARD_REDIS_SERVER") or shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on PATH nor in EDGEGUARD_REDIS_SERVER")
    servers: list[Server] = []

    def make(*options: str) -> Server:
        servers.append(Server(program, tmp_path, *options))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()


@pytest.fixture
def redis(make_redis: Callable[..., Server]) -> Server:
    return make_redis()
