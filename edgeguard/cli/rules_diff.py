"""`edgeguard rules diff`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, JsonOption, source_of
from edgeguard.cli.rules_versions import versions_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf import RulesError, load_rules
from edgeguard.waf.explain.difference import Side, differences, lines
from edgeguard.waf.loader import read_drafts
from edgeguard.waf.seclang.scripts import read_scripts
from edgeguard.waf.seclang.syntax import SecRule

if TYPE_CHECKING:
    from edgeguard.config.model import Waf

FILES = "files"


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A file or folder of rules; with -c, a version's number.")],
    new: Annotated[str, typer.Argument(metavar="[NEW]", help="Likewise; with -c, the files as they are now by default.")] = FILES,
    *,
    config: ConfigOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit code 1 where a rule differs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say which rules were added, removed or changed between OLD and NEW, and what about them, by their ids.

    Both languages are compared by what rules say, not by how they are laid out. Tests are not run.

    Examples:  [bold]edgeguard rules diff rules/ new-rules/[/bold]

    [bold]edgeguard rules diff 7 -c edgeguard.yaml[/bold]  version 7 against the files
    """
    if old == new:
        raise typer.BadParameter("OLD and NEW are the same")
    if config is None and not Path(old).exists() and old.isdigit():
        raise typer.BadParameter("for versions, say whose: -c CONFIG")
    if new == FILES and config is None:
        raise typer.BadParameter("say what to compare with: OLD NEW, or a version and -c CONFIG")
    found = differences(_side(old, config), _side(new, config))
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in found], ensure_ascii=False))
    else:
        for line in lines(found):
            output().print(line, markup=False)
    if found and exit_code:
        say_fault("the rules differ")
        raise typer.Exit(1)


def _side(name: str, config: Path | None) -> Side:
    """The rules that one argument names.

    Raises:
        RulesError: they can't be read.
    """
    if config is not None and (name == FILES or name.isdigit()):
        versions = versions_of(config)
        if name == FILES:
            return _read(source_of(config, None, None, None).settings)
        settings, reading = versions.history.restore(int(name))
        with reading:
            return _read(settings)
    return _read(source_of(None, None, None, [Path(name)]).settings)


def _read(settings: Waf) -> Side:
    drafts, faults = read_drafts(settings.rules)
    if faults:
        raise RulesError(faults)
    rules = tuple(draft.rule for draft in drafts)
    if settings.crs is None and not settings.seclang:
        return Side(rules)
    program = read_scripts(settings)
    items = () if program is None else program.items
    texts = {item.id: item for item in items if isinstance(item, SecRule)}
    return Side(rules, load_rules([], settings.model_copy(update={"packs": {}}), gates=False), texts)
