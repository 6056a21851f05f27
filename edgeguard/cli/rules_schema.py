"""`edgeguard rules schema`."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer looks at it
from typing import Annotated

import typer

from edgeguard.cli.terminal import output
from edgeguard.waf.schema import rule_schema

MODELINE = "# yaml-language-server: $schema="


def schema(
    *,
    file: Annotated[
        Path | None,
        typer.Option("--write", "-w", metavar="FILE", help="Write it there, and say how to name it.", show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema of rule files, by which editors complete keys, targets and operators, and mark what won't load.

    Editors with the YAML language server (VS Code, Neovim, Helix, JetBrains) find it by the first line of a rule file:

    # yaml-language-server: $schema=rule.schema.json

    Example:  [bold]edgeguard rules schema --write rules/rule.schema.json[/bold]
    """
    text = json.dumps(rule_schema(), indent=2) + "\n"
    if file is None:
        typer.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
    screen = output()
    screen.print(f"{file} is written; as the first line of each rule file beside it:", markup=False)
    screen.print(f"{MODELINE}{file.name}", markup=False)
