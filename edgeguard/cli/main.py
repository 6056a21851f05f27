"""The `edgeguard` command: puts the commands together, and turns what goes wrong into one clear line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from edgeguard import __version__
from edgeguard.cli.bans import bans
from edgeguard.cli.check import check
from edgeguard.cli.conformance import conformance
from edgeguard.cli.demo import demo
from edgeguard.cli.replay import replay
from edgeguard.cli.rules import rules
from edgeguard.cli.samples import samples
from edgeguard.cli.serve import serve
from edgeguard.cli.terminal import explain, say_fault
from edgeguard.cli.token import token

app = typer.Typer(
    name="edgeguard",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, check, serve, token, replay):
    app.command()(command)
app.add_typer(bans, name="bans")
app.add_typer(conformance, name="conformance")
app.add_typer(rules, name="rules")
app.add_typer(samples, name="samples")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"edgeguard {__version__}")
        raise typer.Exit


@app.callback()
def edgeguard(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")] = False,
) -> None:
    """A security-hardening reverse proxy and web application firewall for headless CMSs.

    Look at it first:  [bold]edgeguard demo[/bold]
    Then check your own configuration, and serve it:  [bold]edgeguard check -c edgeguard.yaml[/bold]
    """


def main() -> None:
    """Run the command line; exit codes are 0 for done, 1 for faults, 2 for wrong usage, 130 for Ctrl-C."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort, so that nobody is met by a traceback
        for line in explain(error):
            say_fault(line)
        sys.exit(1)
