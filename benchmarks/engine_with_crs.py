"""The engine alone with a Core Rule Set, in-process: time by kind and size of request, by paranoia, by more rules; and starts.

What is timed is the request's phases. In shadow mode a request is inspected to its end at every paranoia level, so that levels
can be compared on the same requests: those that paranoia 1 lets pass.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import crs
import traffic
from custom_rules import custom_rules
from engine import Timing

from edgeguard.config.model import Crs, Waf
from edgeguard.message import Client
from edgeguard.waf import load_rules
from edgeguard.wire.request import HeadLimits, RequestParser

if TYPE_CHECKING:
    from sample import Sample

    from edgeguard.message import Request
    from edgeguard.waf import Ruleset

_CLIENT = Client("192.0.2.1", "192.0.2.1")
_LIMITS = HeadLimits()
_INSPECT = 1024 * 1024
# Loads the rules of a settings file and says how long it took, in seconds.
_LOADER = """
import sys, time
from pathlib import Path
from edgeguard.config.model import Waf
from edgeguard.waf import load_rules
settings = Waf.model_validate_json(Path(sys.argv[1]).read_text())
began = time.perf_counter()
load_rules([], settings)
print(time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests of one kind, and how long their p50 and p99 may be, in microseconds; None for no bound."""

    title: str
    requests: list[tuple[Request, bytes]]
    p50: float | None = None
    p99: float | None = None


def report(tree: crs.Tree) -> None:
    """Measure and print.

    Raises:
        RulesError: the rules do not load.
    """
    with tempfile.TemporaryDirectory(prefix="edgeguard-engine-") as name:
        folder = Path(name)
        base = load_rules([], _settings(tree, folder))
        if not _inspected(base, *_request(crs.ATTACK))[1]:
            print(f"left out: the engine with {tree.title} finds nothing in an attack, so that its speed means nothing\n")
            return
        loads = _loads(base)
        _print_kinds(tree, load_rules([], _settings(tree, folder)), loads)  # anew: it must not know the requests already
        _print_paranoia(tree, folder, loads[:2])
        _print_custom(tree, folder, loads[:2])
        _print_starts(tree, folder)


def _settings(tree: crs.Tree, folder: Path, paranoia: int = 1, custom: Path | None = None) -> Waf:
    files = [str(crs.base_rules(folder)), *([str(custom)] if custom else [])]
    return Waf(
        rules=[],
        seclang=files,
        inspect_bytes=_INSPECT,
        budget_us=10_000_000,
        crs=Crs(path=tree.path, setup=tree.setup, paranoia=paranoia, variables=dict(crs.ALLOWED)),
    )


def _loads(base: Ruleset) -> list[Load]:
    random = Random(1)

    def many(count: int, size: int) -> list[tuple[Request, bytes]]:
        return _passing(base, [traffic.api_save(str(number), random, size) for number in range(count)])

    gets = _passing(base, [traffic.api_get(str(number), random) for number in range(6000)])
    forms = _passing(base, [traffic.contact(str(number), random) for number in range(1500)])
    return [
        Load("API GET", gets, 100, 400),
        Load("JSON of 2 KB", many(2000, 2000), 100, 400),
        Load("form", forms, 100, 400),
        Load("JSON of 16 KB", many(500, 16_000), 2000),
        Load("JSON of 128 KB", many(200, 128_000)),
    ]


def _passing(base: Ruleset, samples: list[Sample]) -> list[tuple[Request, bytes]]:
    """Those that paranoia 1 lets pass, or all of them where it is none: long prose always holds something."""
    requests = [_request(sample) for sample in samples]
    passing = [each for each in requests if not _inspected(base, *each)[1]]
    return passing or requests


def _request(sample: Sample) -> tuple[Request, bytes]:
    parser = RequestParser(_LIMITS, b"https")
    parser.receive(sample.wire())
    request = parser.next_request()
    assert request is not None
    return request, sample.body


def _inspected(rules: Ruleset, request: Request, body: bytes) -> tuple[float, bool]:
    """Microseconds, and whether it would be blocked."""
    transaction = rules.transaction(request, _CLIENT, "shadow")
    verdict = transaction.request_head()
    if body:
        verdict = transaction.request_body(body)
    return transaction.nanoseconds / 1000, verdict.would_block


def _timing(rules: Ruleset, requests: list[tuple[Request, bytes]]) -> Timing:
    for each in requests[:100]:
        _inspected(rules, *each)  # the first ones fill memos and caches
    times = [_inspected(rules, *each)[0] for each in requests[100:] or requests]
    return Timing(statistics.median(times), statistics.quantiles(times, n=100)[98], max(times))


def _print_kinds(tree: crs.Tree, rules: Ruleset, loads: list[Load]) -> None:
    print(f"| engine alone, {tree.title}, paranoia 1 | requests | p50 µs | p99 µs | max µs | µs a KB | wanted |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for load in loads:
        timing = _timing(rules, load.requests)
        size = statistics.mean(len(body) for _, body in load.requests) / 1024
        each = f"{timing.p50 / size:.0f}" if size >= 1 else ""
        wanted = ", ".join(f"{name} {most:.0f}" for name, most in (("p50", load.p50), ("p99", load.p99)) if most)
        figures = f"{timing.p50:.0f} | {timing.p99:.0f} | {timing.most:.0f}"
        print(f"| {load.title} | {len(load.requests)} | {figures} | {each} | {wanted} |", flush=True)
    print()


def _print_paranoia(tree: crs.Tree, folder: Path, loads: list[Load]) -> None:
    first: dict[str, float] = {}
    print(f"| {tree.title}, by paranoia | p50 µs | p99 µs | times level 1 | wanted |\n| --- | ---: | ---: | ---: | ---: |")
    for level in (1, 2, 3, 4):
        rules = load_rules([], _settings(tree, folder, level))
        for load in loads:
            timing = _timing(rules, load.requests)
            ratio = timing.p50 / first.setdefault(load.title, timing.p50)
            wanted = "4.00" if level == 4 else ""
            print(f"| {level}, {load.title} | {timing.p50:.0f} | {timing.p99:.0f} | {ratio:.2f} | {wanted} |", flush=True)
    print()


def _print_custom(tree: crs.Tree, folder: Path, loads: list[Load]) -> None:
    first: dict[str, float] = {}
    print(f"| {tree.title} and rules of one's own | p50 µs | p99 µs | times the fewer | wanted |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for count in (100, 1000):
        file = folder / f"custom-{count}.conf"
        file.write_text(custom_rules(count, Random(1)))
        rules = load_rules([], _settings(tree, folder, custom=file))
        for load in loads:
            timing = _timing(rules, load.requests)
            ratio = timing.p50 / first.setdefault(load.title, timing.p50)
            wanted = "1.50" if count == 1000 else ""
            print(f"| {count}, {load.title} | {timing.p50:.0f} | {timing.p99:.0f} | {ratio:.2f} | {wanted} |", flush=True)
    print()


def _print_starts(tree: crs.Tree, folder: Path) -> None:
    """Each in a process of its own, with a cache of its own that is empty at first."""
    settings = folder / "waf.json"
    settings.write_text(_settings(tree, folder).model_dump_json())
    cache = folder / "cache"
    cache.mkdir(mode=0o700)
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "HOME": str(folder)}
    print(f"| loading {tree.title} | s of loading | s of the whole process |\n| --- | ---: | ---: |")
    for title in ("nothing on disk", "compiled before", "compiled before, again"):
        began = time.perf_counter()
        command = [sys.executable, "-c", _LOADER, str(settings)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        print(f"| {title} | {json.loads(done.stdout):.2f} | {time.perf_counter() - began:.2f} |", flush=True)
    print()
