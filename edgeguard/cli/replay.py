"""`edgeguard replay`."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads annotations
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.replay_rules import named
from edgeguard.cli.rules_source import JsonOption, ParanoiaOption  # noqa: TC001 - as above
from edgeguard.cli.terminal import output, say_fault
from edgeguard.config import load_config
from edgeguard.observe.samples.keys import KeyFault
from edgeguard.replay.gate import exceeded, limit
from edgeguard.replay.report import as_json, lines
from edgeguard.replay.run import replay as run
from edgeguard.replay.sources import Traffic
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.replay.diff import Diff, Kind
    from edgeguard.replay.gate import Limit
    from edgeguard.replay.side import Side

_EVERY = 0.2  # seconds between two looks at how far it is
THEN = "what the edge did then"

RuleSet = Annotated[
    list[str] | None,
    typer.Option(
        "--rules", "-r", metavar="NEW", help="A configuration, or files, folders, globs of rules, or a Core Rule Set; repeatable."
    ),
]
Most = "N or P%: exit with 1 where more than so many requests"


def replay(  # noqa: PLR0913 - a parameter is an option
    traffic: Annotated[
        Path | None,
        typer.Argument(
            metavar="TRAFFIC", help="A HAR file, a folder of samples or of raw requests, JSON lines, a mitmproxy capture."
        ),
    ] = None,
    *,
    rules: RuleSet = None,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", "-a", metavar="OLD", help="What to compare with; without it, what the edge did then."),
    ] = None,
    paranoia: ParanoiaOption = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", metavar="FILE", help="Whose samples to read, and with which key.")
    ] = None,
    key_file: Annotated[Path | None, typer.Option("--key-file", metavar="FILE", help="The key of samples.")] = None,
    mitmproxy: Annotated[
        Path | None, typer.Option("--mitmproxy", metavar="DIR", help="mitmproxy's environment, for its captures.")
    ] = None,
    as_enforced: Annotated[bool, typer.Option("--as-enforced", help="As if modes in shadow were enforced.")] = False,
    vouching: Annotated[
        bool, typer.Option("--trust-credentials", help="Who has a credential, and an answer below 400, counts as authenticated.")
    ] = False,
    most_blocked: Annotated[
        str | None, typer.Option("--most-newly-blocked", metavar="N|P%", help=f"{Most} are newly blocked.")
    ] = None,
    most_passed: Annotated[str | None, typer.Option("--most-newly-passed", metavar="N|P%", help=f"{Most} newly pass.")] = None,
    most_moved: Annotated[
        str | None, typer.Option("--most-moved", metavar="N|P%", help=f"{Most} get another score, and the same answer.")
    ] = None,
    examples: Annotated[int, typer.Option("--examples", metavar="N", min=0, max=100, help="Of each rule.")] = 3,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many rules are shown of each kind.")] = 20,
    json_wanted: JsonOption = False,
    serve: Annotated[
        Path | None, typer.Option("--serve", metavar="SOCKET", help="Answer mitmproxy's addon instead; docs/replay.md.")
    ] = None,
) -> None:
    """Say what other rules would make of recorded traffic: newly blocked, newly passed, score moved.

    Time is that of the recording. Without --against, verdicts are compared with those that were recorded.

    Exit code 1 where a --most-… is exceeded, or nothing could be read.

    Example:  [bold]edgeguard replay samples/ -c edgeguard.yaml --rules new.yaml --most-newly-blocked 0.01%[/bold]

    Example:  [bold]edgeguard replay day.har --rules rules/ --against "old-rules/*.yaml" --json[/bold]
    """
    limits = _limits((("newly_blocked", most_blocked), ("newly_passed", most_passed), ("score_moved", most_moved)))
    if not rules:
        raise typer.BadParameter("say which rules: --rules NEW", param_hint="--rules")
    try:
        new = named(rules, paranoia).side(", ".join(rules), as_enforced=as_enforced, vouching=vouching)
        if serve is not None:
            from edgeguard.replay.serving import serve as answer  # noqa: PLC0415 - needs an event loop, which the rest does not

            answer(new, serve, say_fault)
            return
        if traffic is None:
            raise typer.BadParameter("say which traffic: a file or a folder", param_hint="TRAFFIC")
        old: Side | None = None
        if against:
            old = named(against, paranoia).side(", ".join(against), as_enforced=as_enforced, vouching=vouching)
        source = Traffic(traffic, _key(key_file, config), mitmproxy)
        diff = run(source, new, old, examples=examples, told=_progress(source))
    except (Refused, KeyFault) as error:
        _clear()
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    _clear()
    over = exceeded(limits, diff)
    _show(diff, source, (THEN if old is None else old.name, new.name), over, None if json_wanted else top)
    if not diff.requests:
        say_fault(f"edgeguard: {traffic}: no request could be read")
    for text in over:
        say_fault(f"edgeguard: {text}")
    if over or not diff.requests:
        raise typer.Exit(1)


def _show(diff: Diff, source: Traffic, sides: tuple[str, str], over: Sequence[str], top: int | None) -> None:
    if top is None:
        typer.echo(json.dumps({**as_json(diff, source, sides, over), "faults": source.faults}, ensure_ascii=False))
        return
    for fault in source.faults:
        say_fault(fault)
    screen = output()
    for line in lines(diff, source, sides, top):
        screen.print(line, markup=False)


def _key(file: Path | None, config: Path | None) -> Path | None:
    if file is not None or config is None:
        return file
    samples = load_config(config).observe.samples
    if samples is None:
        raise Refused(f"{config}: observe.samples is not set, so that it names no key")
    return samples.key_file


def _limits(said: Sequence[tuple[Kind, str | None]]) -> list[Limit]:
    try:
        return [limit(kind, text) for kind, text in said if text is not None]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _progress(source: Traffic) -> Callable[[int], None] | None:
    """Says how far it is, on a terminal."""
    if not sys.stderr.isatty():
        return None
    began = last = monotonic()

    def tell(count: int) -> None:
        nonlocal last
        now = monotonic()
        if now - last < _EVERY:
            return
        last = now
        share = f"{min(1.0, source.done / source.size):4.0%}  " if source.size else ""
        sys.stderr.write(f"\r{share}{count:,} requests, {count / (now - began):,.0f}/s \x1b[K")
        sys.stderr.flush()

    return tell


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
