"""A whole demo: looks whether it can run, starts the CMS and the edge, shows what to try, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pydantic import SecretStr

from edgeguard.cli.edge import run_edge
from edgeguard.config.model import Redis
from edgeguard.demo.process import Origin
from edgeguard.demo.scene import lay_out
from edgeguard.demo.tour import tour
from edgeguard.redislink import RedisLink
from edgeguard.server.history import forget
from edgeguard.server.sockets import BindError, bind

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console

    from edgeguard.demo.scene import Ports, Scene


class NotReady(Exception):
    """The demo can't start; the text says what to do about it."""


def play(ports: Ports, screen: Console, *, workers: int = 1, redis: str | None = None) -> int:
    """Run the demo until Ctrl-C or SIGTERM; the exit code of the edge.

    Raises:
        NotReady: a port is taken, or Redis does not answer.
    """
    require_ports(ports)
    if redis is not None:
        require_redis(redis)
    signal.signal(signal.SIGTERM, _leave)  # until the edge handles it, so that the folder goes in any case
    with tempfile.TemporaryDirectory(prefix="edgeguard-demo-") as folder, Origin() as origin:
        scene = lay_out(Path(folder), ports, origin.url, workers=workers, redis=redis)

        def announce() -> None:
            end_with_terminal()
            show(screen, ports, scene)

        try:
            code = run_edge(scene.config, announce)
        finally:
            forget(scene.config)
    with contextlib.suppress(OSError):  # the terminal may be gone
        screen.print("\nEnded; nothing was kept.", style="dim")
    return code


def require_ports(ports: Ports) -> None:
    """Make sure that all ports are different and free.

    Raises:
        NotReady: one is not.
    """
    wanted = (
        ("--port", ports.address, ports.https),
        ("--http-port", ports.address, ports.http),
        ("--admin-port", "127.0.0.1", ports.admin),
    )
    if len({port for _, _, port in wanted}) < len(wanted):
        raise NotReady("the three ports must differ")
    for option, address, port in wanted:
        try:
            bind(address, port, option).close()
        except BindError as error:
            raise NotReady(str(error)) from None


def require_redis(url: str) -> None:
    """Make sure that a Redis answers.

    Raises:
        NotReady: it does not. The text leaves out what may be a password.
    """
    try:
        obstacle = asyncio.run(_obstacle(Redis(url=SecretStr(url), timeout_ms=1000)))
    except ValueError:
        raise NotReady("--redis takes an address such as redis://127.0.0.1:6379/0") from None
    if obstacle is not None:
        raise NotReady(f"no Redis answers at {url.rpartition('@')[2]} ({obstacle}); start one, or leave --redis out")


async def _obstacle(settings: Redis) -> str | None:
    """Why Redis can't be used; None where it can."""
    link = RedisLink(settings)
    await link.start()
    obstacle = None if link.up else link.why
    await link.close()
    return obstacle


def end_with_terminal() -> None:
    """Have SIGHUP mean a reload only while there is a terminal: when its window was closed, it is the end."""
    reload = signal.getsignal(signal.SIGHUP)

    def hang_up(number: int, frame: FrameType | None) -> None:
        if not os.isatty(0) or not callable(reload):
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            reload(number, frame)

    if os.isatty(0):
        signal.signal(signal.SIGHUP, hang_up)


def show(screen: Console, ports: Ports, scene: Scene) -> None:
    """Say where everything is, and what to try."""
    screen.print(f"\n[bold]EdgeGuard[/bold] in front of a demo CMS: [bold cyan]https://localhost:{ports.https}/[/bold cyan]")
    screen.print("Your browser will warn: the certificate was made a moment ago, for this demo alone.\n", style="dim")
    for number, stop in enumerate(tour(ports), start=1):
        screen.print(f"[bold]{number}. {stop.title}[/bold]  [green]→ {stop.shows}[/green]")
        screen.print(f"   {stop.command}\n", markup=False)
    for name, path in (("Configuration", scene.config), ("Requests", scene.access_log), ("Events", scene.event_log)):
        screen.print(f"{name:<14} {path}", markup=False, style="dim")
    screen.print("\n[bold]Ctrl-C ends it.[/bold]\n")


def _leave(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)
