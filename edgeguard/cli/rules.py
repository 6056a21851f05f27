"""`edgeguard rules`: for the engineer at the desk."""

from __future__ import annotations

import typer

from edgeguard.cli.rules_explain import explain

rules = typer.Typer(no_args_is_help=True, help="Look at rules, and at what they make of requests.", rich_markup_mode="rich")


@rules.callback()
def _group() -> None:
    """Look at rules, and at what they make of requests."""


for command in (explain,):
    rules.command()(command)
