"""`edgeguard rules list`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, CrsOption, JsonOption, RulesOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf.explain.catalogue import STATUSES, Wanted, catalogue, check
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.explain.catalogue import Entry


def list_rules(  # noqa: PLR0913 - a parameter is an option
    *,
    config: ConfigOption = None,
    crs: CrsOption = None,
    rules: RulesOption = None,
    ids: Annotated[str, typer.Option("--id", metavar="RANGE", help="Such as 942100-942199,930120 or 'eg-1*'.")] = "",
    tag: Annotated[str, typer.Option(metavar="TAG", help="Such as attack-sqli, or 'owasp-2021/*'.")] = "",
    phase: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5.")] = None,
    language: Annotated[str, typer.Option(metavar="NAME", help="seclang or edgeguard.")] = "",
    severity: Annotated[str, typer.Option(metavar="NAME", help="Such as critical.")] = "",
    status: Annotated[str, typer.Option(metavar="NAME", help=f"One of {', '.join(STATUSES)}.")] = "",
    paranoia: Annotated[int | None, typer.Option(min=1, max=4, help="Rules of this level.")] = None,
    file: Annotated[str, typer.Option(metavar="TEXT", help="A part of the file's name.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List rules of both languages: those that are asked, and those that settings leave out.

    Example:  [bold]edgeguard rules list -c edgeguard.yaml --tag attack-sqli --status active[/bold]
    """
    wanted = Wanted(ids, tag, phase, language, severity, status, paranoia, file)
    try:
        check(wanted)
        entries = catalogue(source_of(config, crs, None, rules).ruleset())
    except Refused as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    found = [entry for entry in entries if wanted.takes(entry)]
    if as_json:
        typer.echo(json.dumps([entry.as_json() for entry in found], ensure_ascii=False))
        return
    screen = output()
    for line in _table(found):
        screen.print(line, markup=False)
    counts = ", ".join(
        f"{count} {name}" for name in STATUSES if (count := sum(entry.status == name for entry in found)) and len(found) > 1
    )
    total = f"{len(found)} rule{'' if len(found) == 1 else 's'}" + (f" of {len(entries)}" if len(found) < len(entries) else "")
    screen.print(f"{total}{f': {counts}' if counts else ''}", markup=False)


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    rows = [("id", "status", "phase", "PL", "severity", "title")]
    rows += [
        (
            entry.id,
            entry.status,
            str(entry.phase or "any"),
            str(entry.level or ""),
            entry.severity,
            entry.title or "(no message)",
        )
        for entry in entries
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:5], widths, strict=True)]
        yield "  ".join((*cells, row[5]))
