"""The same requests to nginx + libmodsecurity and to EdgeGuard, with the same Core Rule Set: where do their verdicts differ?

Sends all requests of ftw tests, variations of them, and ordinary traffic. Prints how often both let pass or both block, how
often the same rules match, and every kind of difference with an example and its cause, where `causes.yaml` knows it. Requests
that one side refuses before it asks any rule are counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import crs
import ftw
import mutations
import peers
import traffic
from agreement import Agreement, read_causes
from sending import Client
from verdicts import Said, edge_log, peer_log, said, silent_blocks

if TYPE_CHECKING:
    from sample import Sample
    from sending import Answer
    from verdicts import Entry

HERE = Path(__file__).resolve().parent
_STEPS = 500_000  # of a pattern in the peer; its own bound makes it miss what its rules say
# The edge's bounds are wide, and policies that are not the rules' are off: what is compared is what rules say.
_EDGE = (
    "limits: {policies: []}\ncache: {enabled: false}\nadmit: {methods: []}\n"
    "observe: {access_log: 'LOG', event_log: 'LOG', queue: 1000000}\n"
    "wire: {requests_per_connection: 1000000000, request_line: 32768, header_bytes: 131072, body: 67108864}\n"
    "waf: {rules: [], budget_us: 60000000, inspect_bytes: 1048576, on_unparsable: pass, body_values: 100000, CRS}\n"
)


def main() -> None:
    """Parse arguments, start both sides, send, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crs", type=Path, default=crs.DEBIAN, metavar="DIR", help=f"the rules ({crs.DEBIAN})")
    parser.add_argument("--tests", type=Path, action="append", default=[], metavar="DIR", help="ftw tests; may be given twice")
    parser.add_argument("--paranoia", type=int, default=1, choices=(1, 2, 3, 4), help="level whose rules are asked (1)")
    parser.add_argument("--mutations", type=int, default=1, metavar="N", help="variations of each ftw request (1)")
    parser.add_argument("--ordinary", type=int, default=2000, metavar="N", help="requests of ordinary traffic (2000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth request only")
    parser.add_argument("--only", default="", metavar="TEXT", help="take requests only whose name contains it")
    parser.add_argument("--groups", type=int, default=60, metavar="N", help="how many groups to print (60)")
    parser.add_argument("--causes", type=Path, default=HERE / "causes.yaml", help="known causes (causes.yaml)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    arguments = parser.parse_args()
    for what, text in peers.missing().items():
        if what in ("nginx", "modsecurity"):
            sys.exit(f"benchmarks/differential: {text}")
    tree = crs.tree(arguments.crs)
    sent = _samples(arguments)
    with tempfile.TemporaryDirectory(prefix="edgeguard-differential-") as folder, contextlib.ExitStack() as stack:
        peer_said, edge_said = _ask_both(sent, tree, arguments.paranoia, Path(folder), stack)
    result, causes = Agreement(), read_causes(arguments.causes)
    for sample, peer, edge in zip(sent, peer_said, edge_said, strict=True):
        result.add(sample, peer, edge, causes)
    _print(result, f"{tree.title}, paranoia {arguments.paranoia}, {len(sent)} requests", arguments.groups)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result.as_json(), indent=1))


def _samples(arguments: argparse.Namespace) -> list[Sample]:
    random = Random(arguments.seed)
    tests = [sample for folder in arguments.tests for sample in ftw.samples(folder)]
    found = [*tests, *mutations.mutations(tests, arguments.mutations, random), *traffic.ordinary(arguments.ordinary, random)]
    found = [sample for sample in found if arguments.only in sample.name][:: arguments.every]
    return found or sys.exit("benchmarks/differential: nothing to send")


def _ask_both(
    sent: list[Sample], tree: crs.Tree, paranoia: int, folder: Path, stack: contextlib.ExitStack
) -> tuple[list[Said], list[Said]]:
    core, other = peers.cores()
    origin = peers.reflector(other, folder)
    stack.callback(origin.stop)
    audit, log = folder / "audit.json", folder / "edge.json"
    (folder / "peer").mkdir()
    (folder / "edge").mkdir()
    rules = crs.peer_rules(tree, folder / "peer", paranoia, audit, _STEPS)
    peer = peers.nginx_audited(origin, other, folder, rules)
    stack.callback(peer.stop)
    settings = _EDGE.replace("LOG", str(log)).replace("CRS", crs.edge_rules(tree, folder / "edge", paranoia))
    edge = peers.edge("edge verbose", origin, core, folder, settings, program=HERE / "verbose_edge.py")
    stack.callback(edge.stop)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda side: Client(side.port).send_all(sent), (peer, edge)))
    peer.stop()
    edge.stop()  # it writes what is left of its log
    return _heard("nginx", answers[0], peer_log(audit)), _heard("edgeguard", answers[1], edge_log(log))


def _heard(name: str, answers: list[Answer], log: dict[str, Entry]) -> list[Said]:
    lost = sum(answer.passed and answer.id not in log for answer in answers)
    if lost:
        sys.exit(f"benchmarks/differential: the log of {name} says nothing of {lost} requests that it let pass")
    silent = silent_blocks(answers, log)
    return [said(answer, silent.get(number) or log.get(answer.id)) for number, answer in enumerate(answers)]


def _print(result: Agreement, title: str, most: int) -> None:
    print(f"# {title}\n")
    for key, names in sorted(result.apart.items(), key=lambda item: -len(item[1])):
        print(f"refused before rules, peer/edge {key}: {len(names)}, such as {', '.join(names[:4])}")
    groups = result.ordered()
    for group in groups[:most]:
        print(f"\n## {group.count} x {group.side}: {group.what}")
        print(f"cause: {group.why or 'not known yet'}")
        if group.example is not None:
            print(f"example: {group.example.name}\n  {_shown(group.example)}\n  {group.notes}")
    if len(groups) > most:
        print(f"\n({len(groups) - most} more groups)")
    print(f"\n{result.by_kind()}\n{result.summary()}")


def _shown(sample: Sample) -> str:
    head, _, body = sample.wire().partition(b"\r\n\r\n")
    line = head.split(b"\r\n")[0]
    kind = (sample.field(b"content-type") or b"").decode("latin-1")
    return f"{line[:300]!r}" + (f" {kind} {body[:300]!r}" if body else "")


if __name__ == "__main__":
    main()
