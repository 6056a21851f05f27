"""`edgeguard samples`: what the edge has kept of its traffic."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from edgeguard.cli.serve import ConfigFile  # noqa: TC001 - typer reads annotations
from edgeguard.cli.terminal import output, say_fault
from edgeguard.config import load_config
from edgeguard.observe.samples.har_out import har
from edgeguard.observe.samples.keys import KeyFault, add_key
from edgeguard.observe.samples.store import DAY, purge, segments
from edgeguard.replay.sources import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from edgeguard.config.model import Samples
    from edgeguard.observe.samples.recorded import Recorded

samples = typer.Typer(
    no_args_is_help=True, help="Look at the traffic that the edge has kept, and remove it.", rich_markup_mode="rich"
)

Days = Annotated[float | None, typer.Option("--days", metavar="N", min=0, help="Only of the last N days.")]
Verdict = Annotated[
    str | None, typer.Option("--verdict", metavar="NAME", help="Only these: pass, blocked, shadow, limited, refused, fault.")
]


@samples.callback()
def _group() -> None:
    """Look at the traffic that the edge has kept, and remove it."""


@samples.command("list")
def list_samples(
    config: ConfigFile,
    *,
    requests: Annotated[bool, typer.Option("--requests", help="Show each exchange; needs the key.")] = False,
    days: Days = None,
    verdict: Verdict = None,
) -> None:
    """Show the files of samples, or what is in them.

    Example:  [bold]edgeguard samples list -c edgeguard.yaml --requests --verdict blocked[/bold]
    """
    settings = _settings(config)
    screen = output()
    if requests:
        for each in _exchanges(settings, days, verdict):
            screen.print(_line(each), markup=False)
        return
    found = segments(Path(settings.folder))
    for segment in found:
        screen.print(f"{_date(segment.modified)}  {segment.size / 1024:>9,.0f} KiB  {segment.path.name}", markup=False)
    total = sum(segment.size for segment in found)
    count = f"{len(found)} file{'' if len(found) == 1 else 's'}"
    screen.print(f"{count}, {total / 1024**2:,.1f} of {settings.disk / 1024**2:,.0f} MiB, in {settings.folder}", markup=False)


@samples.command()
def export(
    config: ConfigFile,
    *,
    to: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; standard output without.")] = None,
    form: Annotated[Literal["jsonl", "har"], typer.Option("--format", help="Lines of JSON, or a HAR file.")] = "jsonl",
    days: Days = None,
    verdict: Verdict = None,
) -> None:
    """Decrypt samples, for other tools. They are masked, but what people wrote is in them: mind where it goes.

    Example:  [bold]edgeguard samples export -c edgeguard.yaml --days 1 -o yesterday.jsonl[/bold]
    """
    settings = _settings(config)
    exchanges = _exchanges(settings, days, verdict)
    lines = har(exchanges) if form == "har" else (each.line() for each in exchanges)
    with _opened(to) as file:
        for line in lines:
            file.write(line)


@samples.command("purge")
def purge_samples(
    config: ConfigFile,
    *,
    older: Annotated[
        float | None, typer.Option("--older-than", metavar="DAYS", min=0, help="Only files not written to for so long.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove samples. An edge that runs goes on in a new file.

    Example:  [bold]edgeguard samples purge -c edgeguard.yaml --older-than 2[/bold]
    """
    settings = _settings(config)
    what = "all samples" if older is None else f"samples of which none is younger than {older:g} days"
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Remove {what} in {settings.folder}?", err=True)):
        say_fault("edgeguard: nothing was removed; --yes does it without a question")
        raise typer.Exit(1)
    gone = purge(Path(settings.folder), None if older is None else time() - older * DAY)
    count = f"{len(gone)} file{'' if len(gone) == 1 else 's'}"
    output().print(f"{count} removed, {sum(each.size for each in gone) / 1024**2:,.1f} MiB", markup=False)


@samples.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The key file; made where it is not there.")],
) -> None:
    """Make a key for samples, or put a new one on top of those that are there; older ones still decrypt.

    The edge takes it at its next start or reload. Once the samples of an old key are gone, its line can go.

    Example:  [bold]edgeguard samples key samples.key[/bold]
    """
    try:
        count = add_key(file)
    except KeyFault as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    kept = "" if count == 1 else f"; {count - 1} older one{'' if count == 2 else 's'} can still decrypt"
    output().print(f"{file} has a new key{kept}", markup=False)


def _settings(config: Path) -> Samples:
    settings = load_config(config).observe.samples
    if settings is None:
        say_fault(f"{config}: observe.samples is not set, so that nothing is kept; docs/replay.md has how to")
        raise typer.Exit(1)
    return settings


def _exchanges(settings: Samples, days: float | None, verdict: str | None) -> Iterator[Recorded]:
    """In the order of time; what can't be read is told at the end."""
    since = 0.0 if days is None else time() - days * DAY
    traffic = Traffic(Path(settings.folder), settings.key_file)
    if not segments(traffic.path):
        return
    try:
        for each in traffic.exchanges():
            if each.time >= since and (verdict is None or (each.then is not None and each.then.verdict == verdict)):
                yield each
    except KeyFault as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    for fault in traffic.faults:
        say_fault(f"edgeguard: {fault}")
    if traffic.unreadable:
        raise typer.Exit(1)


def _line(each: Recorded) -> str:
    then = each.then
    status = each.answered.status if each.answered is not None else 0
    said = "" if then is None else f"{then.verdict:<8} {then.score:>3}"
    target = each.target[:120].decode("utf-8", "backslashreplace")
    rules = "" if then is None or not then.rules else f"  {', '.join(then.rules)}"
    shown = f"{_date(each.time)}  {each.client:<15} {said} {status} {each.method.decode('latin-1')} {target}{rules}"
    return "".join(char if char.isprintable() else "?" for char in shown)


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _opened(to: Path | None) -> AbstractContextManager[BinaryIO]:
    if to is None:
        return nullcontext(sys.stdout.buffer)
    return os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
