"""EdgeGuard and nginx + libmodsecurity with the same Core Rule Set: API GETs and JSON saves, in the same rounds.

No two requests that follow each other are the same: each load goes round many targets, or many documents of 2 KB.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import crs
import peers
import traffic
from rounds import Contender, latency, throughput
from sending import Client

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterable
    from pathlib import Path

    from sample import Sample

WANTED = 10.0  # times the peer's throughput
_TARGETS, _DOCUMENTS = 6000, 1500
# wrk reads the requests once and sends them in turn; REQUESTS has one a line: method, target, body.
_SCRIPT = """
local requests, number = {}, 0
wrk.headers["Host"] = "cms.example.com"
function init()
  for line in io.lines("REQUESTS") do
    local method, target, body = line:match("^(%S+) (%S+) ?(.*)$")
    if body ~= "" then
      wrk.headers["Content-Type"] = "application/json"
      requests[#requests + 1] = wrk.format(method, target, nil, body)
    else
      requests[#requests + 1] = wrk.format(method, target)
    end
  end
end
function request()
  number = number % #requests + 1
  return requests[number]
end
"""


def compare(trees: list[Path], settings: str, plan: tuple[int, float, int], folder: Path, stack: contextlib.ExitStack) -> None:
    """Measure with each tree and print; `settings` is the edge's YAML beside `waf`, `plan` rounds, seconds, connections."""
    for number, path in enumerate(trees):
        place = folder / f"crs-{number}"
        place.mkdir()
        _compare(crs.tree(path), settings, plan, place, stack)


def _compare(tree: crs.Tree, settings: str, plan: tuple[int, float, int], folder: Path, stack: contextlib.ExitStack) -> None:
    core, other = peers.cores()
    origin = peers.origin(other, folder)
    stack.callback(origin.stop)
    nginx = peers.nginx_modsecurity(origin, core, folder, tree)
    stack.callback(nginx.stop)
    # What a request may take is bounded by a policy; on a machine that others use as well, it would block for their work.
    waf = f"waf: {{rules: [], budget_us: 1000000, {crs.edge_rules(tree, folder)}}}\n"
    edge = peers.edge(f"edge with {tree.title}", origin, core, folder, waf + settings)
    stack.callback(edge.stop)
    sides = {"nginx + ModSecurity": nginx, "EdgeGuard": edge}
    for title, peer in list(sides.items()):
        if (status := Client(peer.port).send(crs.ATTACK).status) != 403:
            print(f"left out: {title} with {tree.title} answers {status} to an attack, so that its speed means nothing\n")
            del sides[title]
    random = Random(1)
    kinds = {
        "API GET": ("/items", _script("get", [traffic.api_get(str(number), random) for number in range(_TARGETS)], folder)),
        "JSON of 2 KB": ("/items", _script("post", _harmless(sides.values(), random), folder)),
    }
    contenders = [
        Contender(f"{title}, {kind}", peer, path, f"nginx + ModSecurity, {kind}" if peer is edge else "", WANTED, script)
        for kind, (path, script) in kinds.items()
        for title, peer in sides.items()
    ]
    throughput(contenders, *plan, what=f"{tree.title}, paranoia 1")
    latency(contenders, Contender("the origin itself", origin, "/items"))
    for peer in (edge, nginx, origin):
        peer.stop()


def _harmless(sides: Iterable[peers.Peer], random: Random) -> list[Sample]:
    """Documents that no side blocks: the rules see attacks in some articles."""
    documents = [traffic.api_save(str(number), random, 2000) for number in range(_DOCUMENTS)]
    for side in sides:
        answers = Client(side.port).send_all(documents)
        documents = [sample for sample, answer in zip(documents, answers, strict=True) if answer.status == 200]
    return documents


def _script(name: str, samples: list[Sample], folder: Path) -> Path:
    requests, script = folder / f"{name}.txt", folder / f"{name}.lua"
    lines = [b" ".join(part for part in (sample.method, sample.target, sample.body) if part) for sample in samples]
    requests.write_bytes(b"\n".join(lines) + b"\n")
    script.write_text(_SCRIPT.replace("REQUESTS", str(requests)))
    return script
