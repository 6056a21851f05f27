"""The control process: one event loop beside the workers', so that a scrape never delays a request."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final

from edgeguard.control.site import AdminServer, Site
from edgeguard.observe.log import get_logger

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from edgeguard.config.model import Admin

STOP_SECONDS: Final = 2.0  # for answers under way when the process is told to end
BACKLOG: Final = 64


def run_control(settings: Admin, runtime: Path, sock: socket.socket) -> None:
    """Serve the admin address until SIGTERM or SIGINT; the main function of a process of its own.

    Args:
        settings: the section `admin`.
        runtime: the runtime directory that workers and supervisor write.
        sock: bound to the address by the supervisor, which tells what is wrong with it before anything runs.
    """
    asyncio.run(_serve(settings, runtime, sock))


async def _serve(settings: Admin, runtime: Path, sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    protocols = AdminServer(Site(settings, runtime))
    listener = await loop.create_server(protocols, sock=sock, backlog=BACKLOG)
    bound = listener.sockets[0].getsockname()
    get_logger("control").info("admin address open", address=bound[0], port=bound[1])
    await stop.wait()
    listener.close()
    await protocols.shutdown(STOP_SECONDS)
    await listener.wait_closed()
