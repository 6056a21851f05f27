"""`edgeguard rules history`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, JsonOption  # noqa: TC001 - typer reads annotations
from edgeguard.cli.rules_versions import versions_of
from edgeguard.cli.terminal import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.cli.rules_versions import Versions
    from edgeguard.server.history import Version


def history(
    *,
    config: ConfigOption = None,
    most: Annotated[int, typer.Option("--last", "-n", min=1, metavar="N", help="Only the last N versions.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List the versions of the ruleset that were in force, the newest first, with what each of them changed.

    `edgeguard rules diff 7 8 -c FILE` shows a change in full, `edgeguard rules rollback 7 -c FILE` puts a version back in force.

    Example:  [bold]edgeguard rules history -c edgeguard.yaml[/bold]
    """
    known = versions_of(config)
    versions = known.history.versions()[::-1][:most]
    if as_json:
        typer.echo(json.dumps(_json(known, versions), ensure_ascii=False))
        return
    screen = output()
    if not versions:
        why = "waf.compiled is off" if known.history.folder is None else "no edge has served by this configuration yet"
        screen.print(f"no versions are kept: {why}", markup=False)
        return
    for line in _lines(known, versions):
        screen.print(line, markup=False)


def _in_force(known: Versions) -> tuple[int, bool, bool]:
    """The version in force, or in force last; whether it is pinned; whether an edge runs."""
    state = known.state()
    if state is not None:
        return state.number, state.pinned, True
    last, pin = known.history.in_force(), known.history.pin()
    return (0 if last is None else last.number), pin is not None, False


def _lines(known: Versions, versions: list[Version]) -> Iterator[str]:
    number, pinned, runs = _in_force(known)
    for each in versions:
        at = datetime.fromtimestamp(each.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        mark = "*" if each.number == number else " "
        why = f"{each.why}: {each.by}" if each.by else each.why
        yield f"{mark} {each.number:>4}  {each.digest[:12]}  {at}  {each.rules} rules  {why}"
        yield (
            f"        {each.changes or 'no rule differs from the version before, but settings or comments may'}"
            if _told(each, versions)
            else "        the first that is kept"
        )
    state = "in force" if runs else "in force when the edge last ran"
    yield f"* {state}{', pinned (edgeguard rules rollback --release takes the files again)' if pinned else ''}"
    told = known.state()
    if told is not None and not told.reload_ok:
        yield f"the last reload was refused: {told.reload_error.splitlines()[0]}"


def _told(version: Version, versions: list[Version]) -> bool:
    return bool(version.changes) or version is not versions[-1]


def _json(known: Versions, versions: list[Version]) -> dict[str, object]:
    number, pinned, runs = _in_force(known)
    pin = known.history.pin()
    return {
        "in_force": number or None,
        "running": runs,
        "pinned": pinned,
        "pin": None if pin is None else {"version": pin.version, "by": pin.by, "at": pin.at},
        "versions": [asdict(version) for version in versions],
    }
