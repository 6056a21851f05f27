"""`edgeguard rules exclusions`."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from edgeguard.cli.rules_source import ConfigOption, JsonOption  # noqa: TC001 - typer reads annotations
from edgeguard.cli.rules_versions import versions_of
from edgeguard.cli.terminal import output
from edgeguard.config import load_config
from edgeguard.server.exclusion_use import read_use
from edgeguard.waf.exclusions import end_of, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edgeguard.config.model import Waf


def exclusions(*, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the exclusions of a configuration: until when they hold, and when each last kept a rule from holding.

    One that was not needed for 90 days is told: it can go. The edge writes this down once a minute.

    Example:  [bold]edgeguard rules exclusions -c edgeguard.yaml[/bold]
    """
    known = versions_of(config)
    told = list(described(load_config(known.config).waf, known.history.folder, time.time()))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    screen = output()
    if not told:
        screen.print("there are no exclusions in waf.exclusions", markup=False)
    for each in told:
        screen.print(f"{each['name']}: {each['state']}", markup=False)
        about = ", ".join(map(str, (*each["rules"], *each["tags"])))
        screen.print(f"  {about}{' of ' + ', '.join(each['targets']) if each['targets'] else ''}", markup=False)
        if each["reason"]:
            screen.print(f"  {each['reason']}", markup=False)


def described(settings: Waf, folder: Path | None, now: float) -> Iterator[dict[str, Any]]:
    """Each exclusion as plain values.

    Args:
        settings: the configuration's.
        folder: where the edge writes down when each has fired; None for nowhere.
        now: seconds since 1970.
    """
    uses = read_use(folder)
    for name, entry in zip(names_of(settings), settings.exclusions, strict=True):
        use = uses.get(name)
        ended = end_of(entry.until) <= now
        fired = _day(use.fired) if use is not None and use.fired else None
        if ended:
            state = f"ended on {entry.until}; take it out"
        elif use is None:
            state = "no edge has served with it yet"
        elif use.unused(now):
            state = f"not needed for 90 days (last on {fired})" if fired else f"never needed since {_day(use.since)}, for 90 days"
            state += "; it can go"
        else:
            state = f"last needed on {fired}" if fired else f"not needed yet, since {_day(use.since)}"
        if entry.until is not None and not ended:
            state += f"; until {entry.until}"
        yield {
            "name": name,
            "rules": entry.rules,
            "tags": entry.tags,
            "targets": entry.targets,
            "until": None if entry.until is None else str(entry.until),
            "reason": entry.reason,
            "since": None if use is None else _day(use.since),
            "fired": fired,
            "ended": ended,
            "unused": use is not None and use.unused(now),
            "state": state,
        }


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
