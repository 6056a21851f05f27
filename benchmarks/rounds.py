"""Programs measured one after the other in every round, and the tables of what came out.

Machines differ and are shared, so a figure alone says little: a ratio is taken within the round, and what is printed is the
median over rounds.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import peers
from load import Result, wrk

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Contender:
    """One program in one role.

    Attributes:
        base: the title of the contender that it is measured against; empty for none.
        wanted: the ratio to it.
        script: what wrk sends, where it is not one GET.
    """

    title: str
    peer: peers.Peer
    path: str
    base: str = ""
    wanted: float | None = None
    script: Path | None = None
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    errors: int = 0

    def measure(self, seconds: float, connections: int) -> Result:
        """Load it once.

        Raises:
            SystemExit: more than one answer in a thousand was no success. On a busy machine a budget may be spent now and then.
        """
        _, core = peers.cores()
        worker = self.peer.worker()
        before = peers.cpu_seconds(worker)
        result = wrk(self.peer.url + self.path, core, seconds, connections, script=self.script)
        self.errors += result.errors
        if result.errors > result.rate * seconds / 1000 + 1:
            sys.exit(f"{self.title}: {result.errors} answers were errors")
        # What is still in flight at the end has cost time as well; with few finished, nothing can be said of each.
        finished = result.rate * seconds
        if finished > 10 * connections:
            self.costs.append((peers.cpu_seconds(worker) - before) / finished)
        return result


def throughput(contenders: list[Contender], rounds: int, seconds: float, connections: int, what: str = "throughput") -> None:
    """Measure and print requests a second, what each cost, and the memory of each worker afterwards."""
    for contender in contenders:
        contender.measure(1, connections)  # warm
        contender.costs.clear()
    for turn in range(rounds):
        first = turn % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            contender.rates.append(contender.measure(seconds, connections).rate)
    rates = {contender.title: contender.rates for contender in contenders}
    print(f"| {what}, one core, {connections} connections | requests/s | CPU µs each | ratio | to | wanted |")
    print("| --- | ---: | ---: | ---: | --- | ---: |")
    for contender in contenders:
        rate = statistics.median(contender.rates)
        cost = f"{statistics.median(contender.costs) * 1e6:,.0f}" if contender.costs else "too few"
        if contender.base in rates:
            ratio = statistics.median(a / b for a, b in zip(contender.rates, rates[contender.base], strict=True))
            told = f"{ratio:.2f} | {contender.base} | {contender.wanted or 0:.2f}"
        else:
            told = " | | "
        print(f"| {contender.title} | {rate:,.0f} | {cost} | {told} |")
    for contender in contenders:
        if contender.errors:
            print(f"\n{contender.title}: {contender.errors} answers were no success")
    print("\n| memory of the worker (PSS) after the load | MiB |\n| --- | ---: |")
    for title, peer in {contender.peer.name: contender.peer for contender in contenders}.items():
        print(f"| {title} | {peers.proportional_memory(peer.worker()) / 2**20:.0f} |")
    print()


def latency(contenders: list[Contender], origin: Contender, rounds: int = 3) -> None:
    """One request at a time: what a hop adds when nothing else is going on."""
    results: dict[str, list[Result]] = {}
    for _ in range(rounds):
        for contender in (origin, *contenders):
            results.setdefault(contender.title, []).append(contender.measure(2, 1))
    base = results[origin.title]
    print("| alone on the line: one connection, one request at a time | p50 µs | p99 µs | added p99 µs |")
    print("| --- | ---: | ---: | ---: |")
    for title, measured in results.items():
        p50, p99 = (statistics.median(getattr(result, name) for result in measured) * 1e6 for name in ("p50", "p99"))
        added = statistics.median(a.p99 - b.p99 for a, b in zip(measured, base, strict=True)) * 1e6
        print(f"| {title} | {p50:.0f} | {p99:.0f} | {max(0.0, added):.0f} |")
    print()
