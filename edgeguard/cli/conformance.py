"""`edgeguard conformance`: holds the engine to tests that others wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgeguard.cli.terminal import explain, say_fault
from edgeguard.conformance import run
from edgeguard.conformance.edge import EdgeFailed
from edgeguard.conformance.ftw_format import FormatError
from edgeguard.conformance.settings import PARANOIA
from edgeguard.waf import RulesError

RuleSet = Annotated[
    Path, typer.Option("--crs", metavar="DIR", exists=True, help="The Core Rule Set, 3.3 or 4.", show_default=False)
]
Tests = Annotated[Path, typer.Option("--tests", metavar="DIR", exists=True, help="Its tests.", show_default=False)]
Setup = Annotated[
    Path | None, typer.Option("--setup", metavar="FILE", exists=True, help="Its crs-setup.conf, where that lies elsewhere.")
]
OverrideFiles = Annotated[
    list[Path] | None,
    typer.Option("--overrides", metavar="FILE", exists=True, help="Tests known to come out otherwise, and why; may be repeated."),
]

conformance = typer.Typer(no_args_is_help=True, help="Hold the engine to tests that others wrote.")


@conformance.callback()
def _group() -> None:
    """Hold the engine to tests that others wrote."""


@conformance.command()
def ftw(  # noqa: PLR0913 - a parameter is an option
    crs: RuleSet,
    tests: Tests,
    *,
    setup: Setup = None,
    wire: Annotated[bool, typer.Option("--wire", help="Send through a running edge, not to the rules directly.")] = False,
    overrides: OverrideFiles = None,
    paranoia: Annotated[int, typer.Option(metavar="N", min=1, max=4, help="The paranoia level.")] = PARANOIA,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="A rule or a test, or a glob; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a test, and one with the sums.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show explained tests too, and whole requests.")] = False,
) -> None:
    """Run regression tests in the format of ftw, of the Core Rule Set 3.3 or 4, and tell which fail.

    The last line sums up. The exit code is 1 where a test failed, or where there was none to run.

    Example:  [bold]edgeguard conformance ftw --crs coreruleset --tests coreruleset/tests/regression/tests[/bold]
    """
    try:
        report = run(tests, crs, setup=setup, overrides=overrides or (), paranoia=paranoia, only=only or (), wire=wire)
    except (FormatError, RulesError, EdgeFailed, OSError) as error:
        for line in explain(error):
            say_fault(line)
        raise typer.Exit(1) from None
    for result in report.results:
        if as_json:
            typer.echo(result.json())
        elif result.verdict == "failed" or (verbose and result.verdict == "explained"):
            for line in result.lines(whole=verbose):
                typer.echo(line)
    if not as_json:
        for override in report.stale:
            typer.echo(f"stale: no test needs the override of {override.test} any more")
    typer.echo(report.summary_json() if as_json else report.summary())
    if not report.good:
        raise typer.Exit(1)
