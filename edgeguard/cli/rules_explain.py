"""`edgeguard rules explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_explained import show
from edgeguard.cli.rules_inquiry import explained
from edgeguard.cli.rules_request import curl_line, event, har_entry, raw_file
from edgeguard.cli.rules_source import ConfigOption, CrsOption, JsonOption, ParanoiaOption, RulesOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf.explain.given import CLIENT
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from edgeguard.cli.rules_source import Source
    from edgeguard.waf.explain.given import Given

_EVENT_LOGS = ("stdout", "stderr", "off")


def explain(  # noqa: PLR0913 - a parameter is an option
    request: Annotated[
        str | None,
        typer.Argument(metavar="REQUEST", help="A file with a raw request, or with a curl command; - for standard input."),
    ] = None,
    *,
    config: ConfigOption = None,
    crs: CrsOption = None,
    paranoia: ParanoiaOption = None,
    rules: RulesOption = None,
    curl: Annotated[str | None, typer.Option("--curl", metavar="'curl …'", help="A command line of curl.")] = None,
    har: Annotated[Path | None, typer.Option("--har", metavar="FILE", help="A HAR file, as browsers save it.")] = None,
    entry: Annotated[int | None, typer.Option("--entry", metavar="N", min=1, help="Which request of it, from 1.")] = None,
    event_id: Annotated[str | None, typer.Option("--event", metavar="ID", help="The id of a security event.")] = None,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="The event log; the configuration's own without.")
    ] = None,
    client: Annotated[str, typer.Option("--client", metavar="IP", help="Where the request comes from.")] = CLIENT,
    as_json: JsonOption = False,
    whole: Annotated[bool, typer.Option("--all", help="Show rules above the configured paranoia level in full.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text; NO_COLOR does the same.")] = False,
) -> None:
    """Say what rules make of one request: which match where, what it comes to, and what would let it pass.

    Values are shown in full, up to some KB: mind who looks at your screen.

    Example:  [bold]edgeguard rules explain -c edgeguard.yaml blocked.http[/bold]

    Example:  [bold]edgeguard rules explain --crs coreruleset --curl "curl 'https://cms.example/?q=1%20or%201=1'"[/bold]
    """
    try:
        source = source_of(config, crs, paranoia, rules)
        given = _given(request, curl, (har, entry), (event_id, log), source, client)
        explanation = explained(source, given)
    except Refused as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(explanation.as_json(), ensure_ascii=False))
    else:
        show(explanation, output(no_color=no_color), whole=whole)


def _given(
    request: str | None,
    curl: str | None,
    har: tuple[Path | None, int | None],
    event_of: tuple[str | None, Path | None],
    source: Source,
    client: str,
) -> Given:
    file, number = har
    name, log = event_of
    if sum(each is not None for each in (request, curl, file, name)) != 1:
        raise typer.BadParameter("say which request: a file (- for standard input), --curl, --har, or --event; one of them")
    if request is not None:
        return har_entry(Path(request), number, client) if request.endswith(".har") else raw_file(request, client)
    if curl is not None:
        return curl_line(curl, client)
    if file is not None:
        return har_entry(file, number, client)
    if log is None and source.config is not None and source.config.observe.event_log not in _EVENT_LOGS:
        log = Path(source.config.observe.event_log)
    if log is None:
        raise typer.BadParameter("--event needs the log that has it: --log FILE")
    return event(name or "", log)
