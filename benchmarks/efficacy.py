"""Detected and false alarms of a running edge, beside nginx + libmodsecurity + CRS in the same run.

Sends the sets of `efficacy_sets/`, or those that are named, and prints how much of each was stopped, by class, place and
encoding. docs/efficacy.md tells what the sets are.

    benchmarks/efficacy                                    an edge with its defaults, started here, and nginx beside it
    benchmarks/efficacy --config edge.yaml --set tuned     the same with a configuration of one's own
    benchmarks/efficacy --edge http://127.0.0.1:8080 --account 'Authorization: Bearer TOKEN' --no-peer
    benchmarks/efficacy --payloads list.txt --class sql --encoders url,double-url,base64 --places query,form,json
    benchmarks/efficacy --requests folder/ --benign --show-alarms
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import crs
import efficacy_outside
import efficacy_sides
import peers
from efficacy_report import Report
from efficacy_sets import generate

if TYPE_CHECKING:
    from efficacy_sets.cases import Case, Wanted
    from efficacy_sides import Side


def main() -> None:
    """Parse, run, print."""
    arguments = _arguments()
    cases = _cases(arguments)
    if arguments.count_only:
        _print_counts(cases)
        return
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        sides = _sides(arguments, Path(name), stack)
        started = time.monotonic()
        with ThreadPoolExecutor(len(sides)) as all_sides:
            asked = list(all_sides.map(lambda side: side.ask(cases), sides))
        seconds = time.monotonic() - started
        stack.close()  # the edge writes what is left of its events
        rules = [side.rules() for side in sides]
    report = Report(cases, {side.name: outcomes for side, outcomes in zip(sides, asked, strict=True)})
    if arguments.json:
        print(json.dumps(report.as_json(), indent=1))
        return
    print(f"{len(cases)} requests to each of {len(sides)} sides in {seconds:.0f} s\n\n{report.text()}")
    for flag, wanted, title in ((arguments.show_missed, "block", "missed"), (arguments.show_alarms, "pass", "false alarms")):
        if flag:
            shown = [sides[0]] if not arguments.of_peer else sides
            for number, side in enumerate(shown):
                print(f"\n## {title} of {side.name}\n{report.wrong(side.name, wanted, rules[number])}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sides = parser.add_argument_group("who is asked")
    sides.add_argument("--config", type=Path, metavar="FILE", help="start the edge with this configuration")
    sides.add_argument("--edge", metavar="URL", help="ask an edge that runs already, instead of starting one")
    sides.add_argument("--account", metavar="FIELD", help="with --edge: the field that makes editorial saves authenticated")
    sides.add_argument(
        "--blocked", default="403", metavar="STATUS,...", help="with --edge: statuses that mean a block (default: 403)"
    )
    sides.add_argument(
        "--crs", type=Path, action="append", metavar="DIR", help=f"the peer's rules, may be repeated (default: {crs.DEBIAN})"
    )
    sides.add_argument("--no-peer", action="store_true", help="leave nginx out")
    sets = parser.add_argument_group("what is sent")
    sets.add_argument(
        "--set", choices=("tuned", "held-out", "all", "none"), help="parts of the sets (default: all; none with outside sets)"
    )
    sets.add_argument("--only", default="", metavar="TEXT", help="requests whose name has this in it, such as attack/sql")
    sets.add_argument("--every", type=int, default=1, metavar="N", help="each Nth request alone")
    sets.add_argument(
        "--requests", type=Path, action="append", default=[], metavar="FOLDER", help="raw requests, one to each *.http"
    )
    sets.add_argument("--payloads", type=Path, action="append", default=[], metavar="FILE", help="payloads, one a line")
    sets.add_argument("--class", dest="kind", default="", metavar="NAME", help="what to call outside sets in the figures")
    sets.add_argument("--encoders", default="url", metavar="NAME,...", help="for --payloads (default: url)")
    sets.add_argument("--places", default="query,form,json", metavar="NAME,...", help="for --payloads (default: query,form,json)")
    sets.add_argument("--benign", action="store_true", help="outside sets are legitimate traffic")
    sets.add_argument("--seed", type=int, default=1, help="for the requests around outside payloads")
    shown = parser.add_argument_group("what is shown")
    shown.add_argument("--json", action="store_true", help="figures as JSON")
    shown.add_argument("--show-missed", action="store_true", help="attacks that passed, grouped, with examples")
    shown.add_argument(
        "--show-alarms", action="store_true", help="legitimate requests that did not pass, with the rules that matched"
    )
    shown.add_argument("--of-peer", action="store_true", help="show these of the peer as well")
    shown.add_argument("--count-only", action="store_true", help="say how many requests there are, and send none")
    return parser.parse_args()


def _cases(arguments: argparse.Namespace) -> list[Case]:
    outside = bool(arguments.requests or arguments.payloads)
    chosen = arguments.set or ("none" if outside else "all")
    parts = {"all": ("tuned", "held-out"), "none": ()}.get(chosen, (chosen,))
    cases = [case for part in parts for case in generate.cases(part)]
    wanted: Wanted = "pass" if arguments.benign else "block"
    for folder in arguments.requests:
        cases += efficacy_outside.requests(folder, wanted, arguments.kind)
    for file in arguments.payloads:
        encodings, places = arguments.encoders.split(","), arguments.places.split(",")
        cases += efficacy_outside.payloads(file, wanted, arguments.kind, encodings, places, arguments.seed)
    cases = [case for case in cases if arguments.only in case.sample.name][:: arguments.every]
    Random(1).shuffle(cases)
    return cases or sys.exit("benchmarks/efficacy: nothing to send")


def _sides(arguments: argparse.Namespace, folder: Path, stack: contextlib.ExitStack) -> list[Side]:
    if arguments.edge:
        blocked = frozenset(int(status) for status in arguments.blocked.split(","))
        sides = [efficacy_sides.running(arguments.edge, arguments.account, blocked)]
    else:
        sides = [efficacy_sides.started(arguments.config, folder, stack)]
    if not arguments.no_peer:
        missing = [text for name, text in peers.missing().items() if name != "wrk"]
        if missing:
            print("no peer: " + "; ".join(missing) + "\n", file=sys.stderr)
        else:
            sides += [efficacy_sides.peer(crs.tree(path), folder, stack) for path in arguments.crs or [crs.DEBIAN]]
    return sides


def _print_counts(cases: list[Case]) -> None:
    counts: dict[tuple[str, str, str], int] = {}
    for case in cases:
        key = (case.part, case.group, case.kind)
        counts[key] = counts.get(key, 0) + 1
    for (part, group, kind), count in sorted(counts.items()):
        print(f"{part:9} {group:18} {kind:28} {count:6}")
    for wanted in ("block", "pass"):
        print(f"{wanted}: {sum(case.wanted == wanted for case in cases)}")


if __name__ == "__main__":
    main()
