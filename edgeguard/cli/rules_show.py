"""`edgeguard rules show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, CrsOption, JsonOption, ParanoiaOption, RulesOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf.explain.catalogue import STATUSES, catalogue, find, looks, text_of
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.explain.catalogue import Entry, Look

_PATTERN = 100  # characters of a pattern of the gate


def show_rule(
    name: Annotated[str, typer.Argument(metavar="ID", help="The rule's id.")],
    *,
    config: ConfigOption = None,
    crs: CrsOption = None,
    paranoia: ParanoiaOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all of one rule: its text, where it stands, what became of it with these settings, and how it is asked.

    A rule of SecLang is shown as it counts: with defaults, and with what directives changed about it.

    Example:  [bold]edgeguard rules show 942100 -c edgeguard.yaml[/bold]
    """
    try:
        source = source_of(config, crs, paranoia, rules)
        ruleset, texts = source.ruleset(), source.texts()
        entry = find(catalogue(ruleset), name)
        file = Path(entry.file)
        read = file.read_text(encoding="utf-8") if entry.language == "edgeguard" and file.is_file() else ""
        text, asked = text_of(entry, texts, read), looks(ruleset, name, texts)
    except Refused as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    if as_json:
        told = {**entry.as_json(), "text": text, "asks": [_json(look) for look in asked]}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    screen = output()
    screen.print(f"{entry.id}  {entry.title or 'no message'}", style="bold", markup=False)
    for line in _lines(entry, text, asked):
        screen.print(line, markup=False)


def _lines(entry: Entry, text: str, asked: Sequence[Look]) -> Iterator[str]:
    language = "SecLang" if entry.language == "seclang" else "EdgeGuard's language"
    parts = [language, f"phase {entry.phase}" if entry.phase else "in any phase", entry.severity]
    parts.append(f"paranoia {entry.level}" if entry.level else "")
    yield f"  {entry.file}:{entry.line}"
    yield f"  {', '.join(filter(None, parts))}"
    if entry.tags:
        yield f"  tags: {', '.join(entry.tags)}"
    yield f"  {entry.status}: {entry.why or STATUSES[entry.status]}"
    yield ""
    yield from (f"  {line}" for line in text.split("\n"))
    yield ""
    docs: dict[str, str] = {}
    for number, look in enumerate(asked, start=1):
        count = f"{number}. " if len(asked) > 1 else ""
        yield f"  {count}{_short(look.looks_at) or 'no variable'}{f'  {_short(look.question)}' if look.question else ''}"
        yield f"     {look.gate}"
        yield from (f"       {_short(pattern, _PATTERN)}" for pattern in look.patterns)
        docs.update(look.docs)
    if docs:
        yield ""
        width = max(map(len, docs))
        yield from (f"  {name:<{width}}  {says}" for name, says in docs.items())


def _json(look: Look) -> dict[str, object]:
    return {
        "looks_at": look.looks_at,
        "operator": look.question,
        "transformations": list(look.pipeline),
        "gate": look.gate,
        "patterns": list(look.patterns),
        "docs": dict(look.docs),
    }


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most]} …"
