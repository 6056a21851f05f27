"""The demo CMS in a process of its own, which never outlives the one that started it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
from typing import Self

from aiohttp import web

from edgeguard.demo.app import make_app

_PR_SET_PDEATHSIG = 1  # prctl(2)
_STOP_SECONDS = 5.0


class Origin:
    """A running demo CMS on a free port of the loopback; a context manager that ends it.

    Raises:
        OSError: no port or no process could be had.
    """

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as sock:
            self.port: int = sock.getsockname()[1]
            command = [sys.executable, "-m", "edgeguard.demo", str(sock.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(command, pass_fds=[sock.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603 - no input in it

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def stop(self) -> None:
        """End it, waiting a few seconds for requests under way; nothing happens when it has ended."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def die_with(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when its parent is gone, even by SIGKILL.

    Args:
        parent: who is expected to be there still; if it is not, this process ends at once.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(0)


def run_origin(sock: socket.socket) -> None:
    """Serve the demo CMS on a listening socket until SIGTERM.

    Ctrl-C reaches the whole foreground group; it is left to the parent, which drains first and then ends this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(sock))


async def _serve(sock: socket.socket) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    runner = web.AppRunner(make_app(), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        await stop.wait()
    finally:
        await runner.cleanup()
