"""`edgeguard rules lint`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, CrsOption, JsonOption, ParanoiaOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.config import ConfigError
from edgeguard.waf import RulesError
from edgeguard.waf.exclusions import endings
from edgeguard.waf.explain.lint import Remark, remarks

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="FILES", help="Files or folders of rules, YAML or SecLang.", show_default=False)
]


def lint(
    files: Files = None,
    *,
    config: ConfigOption = None,
    crs: CrsOption = None,
    paranoia: ParanoiaOption = None,
    whole: Annotated[bool, typer.Option("--all", help="Also what is right but costs much.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with rules, and what is odd about them.

    Faults keep rules from loading; notes are about what has no effect, never holds, or holds always.

    The exit code is 1 where there is a fault, else 0.

    Example:  [bold]edgeguard rules lint -c edgeguard.yaml[/bold]
    """
    try:
        source = source_of(config, crs, paranoia, files)
        ruleset = source.ruleset()
    except (RulesError, ConfigError) as error:
        if as_json:
            told = [{"file": fault.file, "line": fault.line, "kind": "fault", "text": fault.text} for fault in error.faults]
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            for fault in error.faults:
                say_fault(str(fault))
            say_fault(_count(len(error.faults), "fault"))
        raise typer.Exit(1) from None
    found = remarks(ruleset)
    found += [Remark("waf.exclusions", 1, text) for text in endings(source.settings, time.time())]
    if as_json:
        told = [{"file": one.file, "line": one.line, "kind": one.kind, "rule": one.rule, "text": one.text} for one in found]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    screen = output()
    notes = [one for one in found if one.kind == "note"]
    costs = [one for one in found if one.kind == "cost"]
    for one in (*notes, *(costs if whole else ())):
        screen.print(str(one), markup=False)
    rules = len(ruleset.rules) + len(ruleset.chains)
    hint = "" if whole or not costs else " (--all shows them)"
    screen.print(f"{_count(rules, 'rule')}: no faults, {_count(len(notes), 'note')}, {len(costs)} about cost{hint}", markup=False)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
