"""`edgeguard rules cost`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_request import har_requests, raw_file, read
from edgeguard.cli.rules_source import ConfigOption, CrsOption, JsonOption, ParanoiaOption, RulesOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf.explain.cost import costs
from edgeguard.waf.explain.given import CLIENT
from edgeguard.waf.explain.sample_traffic import sample_traffic
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.config.model import Wire
    from edgeguard.waf.explain.cost import Costs, Times
    from edgeguard.waf.explain.given import Given
    from edgeguard.waf.explain.run import Read

Traffic = Annotated[
    Path | None,
    typer.Option("--traffic", metavar="SAMPLE", help="A folder of raw requests, or a HAR file; a small sample without."),
]


def cost(
    *,
    config: ConfigOption = None,
    crs: CrsOption = None,
    paranoia: ParanoiaOption = None,
    rules: RulesOption = None,
    traffic: Traffic = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="How many of each are shown.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Measure which rules take how long on a sample of requests, the dearest first.

    The gate looks at each value once for all rules; a rule is asked exactly only where the gate says perhaps.

    Example:  [bold]edgeguard rules cost -c edgeguard.yaml --traffic yesterday.har --top 10[/bold]
    """
    try:
        source = source_of(config, crs, paranoia, rules)
        given = sample_traffic() if traffic is None else _given(traffic)
        sample, left_out = _readable(given, None if source.config is None else source.config.wire)
        result = costs(source.ruleset(gates=True), sample)
    except Refused as error:
        say_fault(f"edgeguard: {error}")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({**asdict(result), "refused": left_out}))
        return
    screen = output()
    for line in _lines(result, left_out, top):
        screen.print(line, markup=False)


def _given(traffic: Path) -> list[Given]:
    if traffic.is_dir():
        files = sorted(file for file in traffic.rglob("*") if file.is_file() and not file.name.startswith("."))
        return [raw_file(str(file), CLIENT) for file in files]
    return har_requests(traffic, CLIENT)


def _readable(given: list[Given], wire: Wire | None) -> tuple[list[Read], int]:
    """Requests as the edge reads them, and how many it would refuse.

    Raises:
        Refused: there is none.
    """
    found = [read(each, wire) for each in given]
    taken = [each for each, refusal in found if refusal is None]
    if not taken:
        raise Refused("no request is there that the edge would show to rules")
    return taken, len(found) - len(taken)


def _lines(result: Costs, left_out: int, top: int) -> Iterator[str]:
    asked = sum(each.asked for each in result.rules)
    spent, gated = (sum(each.nanoseconds for each in kind) / 1000 for kind in (result.rules, result.lists))
    refused = f"; {left_out} more the edge refuses by itself" if left_out else ""
    yield f"{result.requests} requests, of which rules would block {result.blocked}{refused}"
    yield f"  engine time, each request for the first time: {_times(result.first)} (with watches)"
    yield f"  the same again, as what repeats is remembered: {_times(result.again)}"
    often = f"{asked} times, {asked / result.requests:.1f} a request"
    yield f"  rules were asked {often}, in {spent:,.0f} µs; the gate took {gated:,.0f} µs"
    if result.rules:
        yield ""
        yield f"{'rule':<10} {'asked':>6} {'held':>6} {'µs each':>9} {'µs in all':>10}  of all evaluation"
    for rule in result.rules[:top]:
        micros = f"{rule.nanoseconds / rule.asked / 1000:>9.1f} {rule.nanoseconds / 1000:>10.0f}"
        yield f"{rule.id:<10} {rule.asked:>6} {rule.held:>6} {micros}  {_share(rule.nanoseconds, spent)}"
    if len(result.rules) > top:
        yield f"… and {len(result.rules) - top} more rules"
    yield ""
    yield f"{'values of':<36} {'asked':>6} {'µs each':>9} {'µs in all':>10}  of all gating"
    for one in result.lists[:top]:
        micros = f"{one.nanoseconds / one.asked / 1000:>9.1f} {one.nanoseconds / 1000:>10.0f}"
        yield f"{one.name:<36} {one.asked:>6} {micros}  {_share(one.nanoseconds, gated)}"
    if len(result.lists) > top:
        yield f"… and {len(result.lists) - top} more lists"


def _share(nanoseconds: int, of_microseconds: float) -> str:
    return f"{nanoseconds / 10 / of_microseconds:.0f} %" if of_microseconds else ""


def _times(times: Times) -> str:
    return f"p50 {times.p50:,.0f} µs, p99 {times.p99:,.0f} µs, longest {times.most:,.0f} µs"
