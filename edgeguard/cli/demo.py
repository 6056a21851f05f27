"""`edgeguard demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from edgeguard.cli.stage import NotReady, play
from edgeguard.cli.terminal import output, say_fault
from edgeguard.demo.scene import Ports


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="For https.")] = 8443,
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="For http, which is sent to https.")] = 8080,
    admin_port: Annotated[int, typer.Option(min=1, max=65535, help="For health and metrics.")] = 9180,
    address: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 lets others in.")] = "127.0.0.1",
    redis: Annotated[
        str | None, typer.Option(metavar="URL", help="Keep limits and cache in this Redis.", show_default=False)
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve.")] = 1,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text; NO_COLOR does the same.")] = False,
) -> None:
    """Run a small CMS behind the edge on this machine, and list what to try.

    Everything lives in a folder of its own and is gone after Ctrl-C.

    Example:  [bold]edgeguard demo --port 9443 --redis redis://127.0.0.1:6379/0[/bold]
    """
    ports = Ports(https=port, http=http_port, admin=admin_port, address=address)
    try:
        code = play(ports, output(no_color=no_color), workers=workers, redis=redis)
    except NotReady as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    raise typer.Exit(code)
