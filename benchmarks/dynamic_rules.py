"""What dynamic rules cost a request, in this process, with the rules that ship: `python benchmarks/dynamic_rules.py`.

Prints the nanoseconds of what is done before and after an exchange: processor time, the best of several rounds.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.config.bundled import bundled
from edgeguard.config.model import Dynamic as Settings
from edgeguard.dynamic import Dynamic, Event, Sanction, Subject, load_dynamic
from edgeguard.dynamic.book import Book
from edgeguard.dynamic.challenge import Challenger
from edgeguard.dynamic.desk import Desk
from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.keys import Naming
from edgeguard.dynamic.login import LoginReader
from edgeguard.gateway.exchange import Exchange
from edgeguard.gateway.outlet import Link
from edgeguard.gateway.watch import Watch
from edgeguard.message import Account, Client, Headers, Request
from edgeguard.observe.cells import Cells
from edgeguard.observe.entry import Entry
from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.meters import Meters

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, TURNS = 15, 5_000
FIELDS = [
    (b"host", b"cms.example"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64)"),
    (b"accept", b"text/html"),
    (b"authorization", b"Bearer 0123456789abcdef0123456789abcdef"),
    (b"cookie", b"_ga=GA1.2.123456789.1700000000; session=0123456789abcdef"),
]


def best(work: Callable[[], object]) -> float:
    """Nanoseconds of one call."""
    found = []
    for _ in range(ROUNDS):
        began = time.thread_time_ns()
        for _ in range(TURNS):
            work()
        found.append((time.thread_time_ns() - began) / TURNS)
    return min(found)


def exchange_of(address: str, *, cache: str, seconds: float) -> Exchange:
    """A request of a page that was answered with 200."""
    entry = Entry("id", address, address, 0.0)
    entry.status, entry.cache, entry.origin_seconds = 200, cache, seconds
    request = Request(b"GET", b"/articles/7", b"/articles/7", None, b"https", b"cms.example", Headers(FIELDS))
    exchange = Exchange(request, Link(address, "TLSv1.3"), entry)
    exchange.client = Client(address, address, Account("guest", "token", verified=False))
    return exchange


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        measure(Path(folder))


def measure(folder: Path) -> None:
    """With what workers keep in that folder."""
    naming = Naming(Hasher(b"a key of the benchmark"))
    rules = load_dynamic([bundled("rules") / "dynamic"], naming)
    engine = Dynamic(rules, naming)
    book = Book(folder / "book")
    meters = Meters(Cells(folder / "cells-1", Layout.build(Names(dynamic=tuple(rule.id for rule in rules)))))
    desk = Desk(engine, book)
    challenger = Challenger([b"a key of the benchmark"])
    settings = Settings()
    watch = Watch(engine, desk, challenger, LoginReader(settings.login, naming.hasher), settings, meters, time.time)
    hit, miss = exchange_of("203.0.113.5", cache="hit", seconds=-1.0), exchange_of("203.0.113.6", cache="miss", seconds=0.01)
    print(f"{len(rules)} rules that ship; nanoseconds each")
    print(f"  before, nothing in force       {best(lambda: watch.admit(hit)):8.0f}")
    print(f"  after, answered from the cache {best(lambda: watch.observe(hit)):8.0f}")
    print(f"  after, answered by the origin  {best(lambda: watch.observe(miss)):8.0f}")
    now = time.time()
    for number in range(9_000):
        subject = Subject("address", f"198.{number >> 8 & 255}.{number & 255}.7")
        engine.learn(Sanction(subject, "ban", "r", now, now + 1e6, now + 1e6, changed=now), now)
    print(f"  before, 9,000 addresses banned {best(lambda: watch.admit(hit)):8.0f}")
    for number in range(900):
        subject = Subject("network", f"100.{number >> 8 & 255}.{number & 255}.0/24")
        engine.learn(Sanction(subject, "ban", "r", now, now + 1e6, now + 1e6, changed=now), now)
    print(f"  and 900 networks               {best(lambda: watch.admit(hit)):8.0f}")
    engine.learn(Sanction(Subject("account", "x"), "ban", "r", now, now + 1e6, now + 1e6, changed=now), now)
    print(f"  and an account                 {best(lambda: watch.admit(hit)):8.0f}")
    event = Event("203.0.113.9", path="/gone", status=404, headers=Headers(FIELDS))
    print(f"  counting a 404                 {best(lambda: engine.observe(event, now)):8.0f}")
    puzzle = challenger.puzzle("203.0.113.5", b"agent", now)
    print(f"  making a puzzle                {best(lambda: challenger.puzzle('203.0.113.5', b'agent', now)):8.0f}")
    print(
        f"  judging an answer              {best(lambda: challenger.solved(puzzle, '123456', '203.0.113.5', b'agent', now)):8.0f}"
    )
    mark = puzzle.split(".")[0].encode() + b"." + b"0" * 32
    print(f"  judging a pass                 {best(lambda: challenger.passes(mark, '203.0.113.5', b'agent', now)):8.0f}")


if __name__ == "__main__":
    main()
