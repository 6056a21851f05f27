"""`edgeguard bans`: who is held, and by what; hold somebody, or let them go."""

import asyncio
import getpass
import json
import socket
import time
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.table import Table

from edgeguard.cli.serve import ConfigFile
from edgeguard.cli.terminal import output, say_fault
from edgeguard.config import digest, load_config
from edgeguard.config.model import Config
from edgeguard.dynamic.actions import LONGEST, seconds_of, words_of
from edgeguard.dynamic.book import FILE
from edgeguard.dynamic.client import BookStore, Gone, RedisStore, Store
from edgeguard.dynamic.engine import LIFTED_SECONDS, LONGEST_BY, by_hand
from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.model import KINDS, Act, Sanction, Subject
from edgeguard.dynamic.places import read_place
from edgeguard.identity import read_key
from edgeguard.observe import runtime
from edgeguard.observe.state import is_alive, read_state

bans = typer.Typer(no_args_is_help=True, help="Who is held, and by what; hold somebody, or let them go.", rich_markup_mode="rich")

Runtime = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The running edge's folder, where several run here.", show_default=False),
]
Everything = Annotated[bool, typer.Option("--all", help="Also what is over, and remembered for repeaters.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]
Who = Annotated[
    str, typer.Argument(metavar="WHO", help="An address, a network such as 203.0.113.0/24, or account:NAME, login:NAME.")
]

_WIDTH = 400  # columns of a list at most


@bans.callback()
def _group() -> None:
    """Who is held, and by what; hold somebody, or let them go."""


@bans.command("list")
def list_bans(config: ConfigFile, runtime: Runtime = None, everything: Everything = False, as_json: AsJson = False) -> None:
    """Show what is in force: bans, challenges and tightened limits, of rules and of people.

    With `dynamic.store: redis` it is what all edges share, else what the edge that runs here has.

    Example:  [bold]edgeguard bans list -c edgeguard.yaml[/bold]
    """
    settings = load_config(config)
    store = _store(settings, runtime)
    now = time.time()
    found = [one for one in _run(store.read()) if one.until > now or (everything and one.keep > now)]
    found.sort(key=lambda one: (one.until <= now, one.until))
    if as_json:
        for one in found:
            typer.echo(json.dumps(_told(one, now)))
        return
    if not found:
        typer.echo("nobody is held")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("who", "what", "for another", "since", "by", "reason"):
        table.add_column(name, overflow="fold")
    for one in found:
        left = words_of(one.until - now) if one.until > now else "over"
        what = f"{one.act} {one.requests}/{words_of(one.seconds)}" if one.act == "tighten" else one.act
        since = datetime.fromtimestamp(one.began, UTC).isoformat(sep=" ", timespec="seconds")[:19]
        by = one.by if one.hard else f"{one.rule}{f' x{one.count}' if one.count > 1 else ''}"
        table.add_row(str(one.subject), what + (" (shadow)" if one.shadow else ""), left, since, by, one.reason)
    screen = output()
    screen.width = max(screen.width, _WIDTH)  # a narrower terminal wraps by itself: addresses stay whole, and can be copied
    screen.print(table)


@bans.command("add")
def add_ban(
    who: Who,
    config: ConfigFile,
    runtime: Runtime = None,
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="Such as 30m, 12h, 7d.")] = "1h",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="For the list and the log; clients don't see it.")] = "",
    act: Annotated[str, typer.Option("--action", metavar="ban|challenge", help="What is done to them.")] = "ban",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who orders it; you, where nothing is said.", show_default=False)] = "",
) -> None:
    """Hold an address, a network or an account for a time. All workers, and edges that share Redis, do so within a second.

    A ban by hand holds everybody who comes from there, be their account proven or not, and those in dynamic.never too.

    A challenge holds nobody whose account is proven: `bans add 0.0.0.0/0 --action challenge` lets browsers and API clients go on.

    Example:  [bold]edgeguard bans add 203.0.113.0/24 -c edgeguard.yaml --for 12h --reason "floods search"[/bold]
    """
    seconds = seconds_of(duration)
    if seconds is None or not 1 <= seconds <= LONGEST:
        _fail("--for: a time from 1s to 366d, such as 30m, 12h, 7d")
    acts: dict[str, Act] = {"ban": "ban", "challenge": "challenge"}
    if act not in acts:
        _fail(f"--action: '{act}' is none; there are ban and challenge")
    settings = load_config(config)
    subject = _subject(who, settings)
    sanction = by_hand(subject, acts[act], seconds, time.time(), reason=reason, by=by or _me())
    store = _store(settings, runtime)
    _run(store.write([sanction]))
    until = datetime.fromtimestamp(sanction.until, UTC).isoformat(sep=" ", timespec="seconds")
    typer.echo(f"{act} of {subject} until {until}, told to {store}")


@bans.command("remove")
def remove_ban(who: Who, config: ConfigFile, runtime: Runtime = None) -> None:
    """Let somebody go: end all that holds exactly this address, network or account.

    Rules begin with them anew, as with somebody they have not seen.

    Example:  [bold]edgeguard bans remove 203.0.113.9 -c edgeguard.yaml[/bold]
    """
    settings = load_config(config)
    subject = _subject(who, settings)
    store = _store(settings, runtime)
    now, me = time.time(), _me()
    # An IPv6 address may be held by itself, by a person, or with its subscriber's network, by a rule.
    held = [one for one in _run(store.read()) if one.until > now and one.subject == subject]
    if not held:
        say_fault(f"edgeguard: {subject} is not held; `edgeguard bans list` shows who is")
        raise typer.Exit(1)
    _run(
        store.write(
            [replace(one, until=one.began, keep=now + LIFTED_SECONDS, count=0, changed=now, by=me[:LONGEST_BY]) for one in held]
        )
    )
    typer.echo(f"{subject} is let go ({', '.join(one.act for one in held)}), told to {store}")


def _told(one: Sanction, now: float) -> dict[str, Any]:
    return {
        "kind": one.subject.kind,
        "subject": one.subject.value,
        "act": one.act,
        "rule": one.rule,
        "by": one.by,
        "reason": one.reason,
        "began": _moment(one.began),
        "until": _moment(one.until),
        "seconds_left": max(0, round(one.until - now)),
        "count": one.count,
        "mode": "shadow" if one.shadow else "enforce",
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _subject(who: str, settings: Config) -> Subject:
    kind, colon, value = who.partition(":")
    if colon and value and kind in KINDS and kind not in ("address", "network"):
        if kind == "login":  # known by a hash alone, like all that people type into forms
            if settings.identity.key is None and settings.identity.key_file is None:
                _fail("login:NAME needs identity.key_file; without it each start makes a new key, and no hash would fit")
            return Subject("login", Hasher(read_key(settings.identity)).name("login", value.strip().casefold().encode()))
        return Subject(kind, value[:64])
    try:
        return read_place(who.removeprefix("address:").removeprefix("network:"))
    except ValueError:
        _fail(f"'{who}' is no address, no network, and no account:NAME, login:NAME, token:HASH or session:HASH")


def _store(settings: Config, folder: Path | None) -> Store:
    dynamic = settings.dynamic
    if dynamic.mode == "off":
        _fail("dynamic.mode is off, so that nobody is held")
    if dynamic.store == "redis" and settings.redis is not None:
        return RedisStore(settings.redis)
    if dynamic.book != "auto":
        return BookStore(Path(dynamic.book))
    return BookStore((folder or _running(settings)) / FILE)


def _running(settings: Config) -> Path:
    """The runtime folder of the edge that runs by this configuration, or of the only one that runs here."""
    found = {}
    for candidate in runtime.all_here():
        state = read_state(candidate)
        if state is not None and is_alive(state.supervisor):
            found[candidate] = state.config
    ours = [candidate for candidate, config in found.items() if config == digest(settings)]
    if not found:
        _fail("no edge runs here that you may look into; run this on its machine, as its user or as root")
    if len(ours) != 1 and len(found) != 1:
        _fail(f"several edges run here; name one with --runtime: {', '.join(sorted(map(str, ours or found)))}")
    return (ours or list(found))[0]


def _me() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"[:LONGEST_BY]
    except (OSError, KeyError):
        return "someone"


def _fail(text: str) -> NoReturn:
    say_fault(f"edgeguard: {text}")
    raise typer.Exit(1)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except Gone as gone:
        _fail(str(gone))
