"""EdgeGuard beside nginx, side by side in one run: throughput as ratios, latency on an idle line, engine time, memory.

Machines differ and are shared, so a figure alone says little. Every round measures each program once, one after the other,
and the ratio is taken within the round; what is printed is the median over rounds. What is measured runs on one core, load
and origin on another.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import sys
import tempfile
from pathlib import Path

import crs
import engine
import engine_with_crs
import peers
import with_crs
from load import PATH
from rounds import Contender, latency, throughput

ROOT = Path(__file__).resolve().parent.parent

# What plain nginx does, and no more.
CACHE_ALONE = "waf: {mode: 'off'}\nlimits: {policies: []}\nobserve: {access_log: 'off', event_log: 'off'}\n"
BARE = CACHE_ALONE + "cache: {enabled: false}\n"
# Limits so high that none is reached; every request draws from two buckets nonetheless.
HIGH = (
    "limits: {policies: [{name: account, key: account, requests: 10000000}, {name: address, key: address, requests: 10000000}]}\n"
    "identity: {accounts: [{token: authorization}]}\n"
)
LOGS = "observe: {access_log: LOG, event_log: LOG}\n"
OFF = "waf: {mode: 'off'}\n"
ON = "waf: {rules: ['ROOT/rules']}\n"


def main() -> None:
    """Parse arguments, start the peers, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each program is measured (5)")
    parser.add_argument("--seconds", type=float, default=4, help="how long each time (4)")
    parser.add_argument("--connections", type=int, default=32, help="of the load (32)")
    parser.add_argument("--only", choices=("throughput", "latency", "crs", "engine"), help="one part alone")
    parser.add_argument(
        "--crs", type=Path, action="append", metavar="DIR", help=f"a Core Rule Set for both; may be given twice ({crs.DEBIAN})"
    )
    arguments = parser.parse_args()
    gaps = peers.missing()
    for text in gaps.values():
        print("left out:", text)
    if "nginx" in gaps or "wrk" in gaps:
        sys.exit("benchmarks/run: nginx and wrk are needed at least")
    print(f"Python {platform.python_version()} ({sys.executable}), {platform.machine()}, {peers.processor()}\n")
    if arguments.only in (None, "engine"):
        _engine()
        for path in arguments.crs or ([] if "crs" in gaps else [crs.DEBIAN]):
            engine_with_crs.report(crs.tree(path))
    if arguments.only in (None, "crs") and not {"modsecurity", "crs"} & set(gaps):
        with tempfile.TemporaryDirectory(prefix="edgeguard-bench-") as folder, contextlib.ExitStack() as stack:
            log = Path(folder) / "access.log"
            plan = (arguments.rounds, arguments.seconds, arguments.connections)
            with_crs.compare(arguments.crs or [crs.DEBIAN], HIGH + LOGS.replace("LOG", str(log)), plan, Path(folder), stack)
    if arguments.only in (None, "throughput", "latency"):
        with tempfile.TemporaryDirectory(prefix="edgeguard-bench-") as folder, contextlib.ExitStack() as stack:
            contenders, origin = _cast(Path(folder), stack, gaps)
            if arguments.only != "latency":
                throughput(contenders, arguments.rounds, arguments.seconds, arguments.connections)
            if arguments.only != "throughput":
                latency(contenders, Contender("the origin itself", origin, PATH))


def _cast(folder: Path, stack: contextlib.ExitStack, gaps: dict[str, str]) -> tuple[list[Contender], peers.Peer]:
    core, other = peers.cores()
    log = "'" + str(folder / "access.log") + "'"
    origin = peers.origin(other, folder)
    stack.callback(origin.stop)

    def play(peer: peers.Peer) -> peers.Peer:
        stack.callback(peer.stop)
        return peer

    plain = play(peers.nginx_plain(origin, core, folder))
    cache = play(peers.nginx_cache(origin, core, folder))
    bare = play(peers.edge("edge bare", origin, core, folder, BARE))
    kept = play(peers.edge("edge cache alone", origin, core, folder, CACHE_ALONE))
    off = play(peers.edge("edge rules off", origin, core, folder, OFF + HIGH + LOGS.replace("LOG", log)))
    full = play(peers.edge("edge with rules", origin, core, folder, ON + HIGH + LOGS.replace("LOG", log)))
    contenders = [
        Contender("nginx, plain proxy", plain, PATH),
        Contender("nginx, proxy_cache hit", cache, "/cached" + PATH[6:]),
    ]
    if "modsecurity" not in gaps and "crs" not in gaps:
        waf = play(peers.nginx_modsecurity(origin, core, folder, crs.tree(crs.DEBIAN)))
        contenders.append(Contender("nginx + ModSecurity + CRS", waf, PATH))
    contenders += [
        Contender("EdgeGuard, proxy alone: no rules, cache, limits, log", bare, PATH, "nginx, plain proxy", 0.40),
        Contender("EdgeGuard, rules off, all else on", off, PATH, "nginx, plain proxy", 0.40),
        Contender("EdgeGuard, its rules on, all on", full, PATH, "nginx + ModSecurity + CRS", 8.0),
        Contender("EdgeGuard, cache hit: no rules, limits, log", kept, "/cached" + PATH[6:], "nginx, proxy_cache hit", 0.30),
        Contender("EdgeGuard, cache hit, all on", full, "/cached" + PATH[6:], "nginx, proxy_cache hit", 0.30),
    ]
    return contenders, origin


def _engine() -> None:
    rules = engine.ruleset(ROOT)
    print(f"| engine alone, {len(rules.rules)} rules, in-process | p50 µs | p99 µs | max µs |\n| --- | ---: | ---: | ---: |")
    for kind, count in (("get", 20_000), ("post 2000", 5_000), ("post 16000", 1_000), ("post 120000", 200)):
        timing = engine.measure(rules, kind, count)
        print(f"| {kind}{' bytes of prose' if ' ' in kind else ''} | {timing.p50:.0f} | {timing.p99:.0f} | {timing.most:.0f} |")
    print()


if __name__ == "__main__":
    main()
