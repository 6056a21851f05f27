"""`edgeguard serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgeguard.cli.edge import run_edge

ConfigFile = Annotated[
    Path,
    typer.Option("--config", "-c", metavar="FILE", envvar="EDGEGUARD_CONFIG", help="The configuration.", show_default=False),
]


def serve(config: ConfigFile) -> None:
    """Run the edge in the foreground until SIGTERM or Ctrl-C.

    SIGHUP reads configuration, rules, certificates and known tokens again; what does not load never replaces what runs.

    SIGUSR1 opens log files anew, after they were rotated.

    SIGTERM finishes what was accepted, then ends; a second one ends at once.

    Example:  [bold]edgeguard serve -c /etc/edgeguard/edgeguard.yaml[/bold]
    """
    raise typer.Exit(run_edge(config.absolute()))
