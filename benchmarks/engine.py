"""Engine time for single requests, in-process: what inspection adds, without sockets."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from load import PATH, REQUEST_FIELDS

from edgeguard.config.model import Waf
from edgeguard.message import Body, Client, Headers, Request
from edgeguard.waf import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf import Ruleset

PROSE = (
    "The committee met at ten o'clock to select a new chair from among its members; it's the third time this year. "
    "Drop in if you can, and order by Friday. "
)


@dataclass(frozen=True)
class Timing:
    """Microseconds of engine time over many requests."""

    p50: float
    p99: float
    most: float


def ruleset(root: Path) -> Ruleset:
    """The project's own rules, as the default configuration loads them."""
    settings = Waf(budget_us=10_000_000)  # on a busy machine, what is measured must not be cut short
    return load_rules([root / "rules"], settings)


def _request(method: bytes, body: bytes, number: int) -> Request:
    path, _, query = PATH.encode().partition(b"?")
    fields = [(name.lower().encode(), value.encode()) for name, value in REQUEST_FIELDS.items()]
    fields.append((b"host", b"cms.example.com"))
    if body:
        fields += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    # A page number that changes: nobody asks for the very same thing all the time.
    query += b"&page%%5Boffset%%5D=%d" % number
    return Request(method, path + b"?" + query, path, query, b"https", b"cms.example.com", Headers(fields), Body(body))


def _save(size: int, number: int) -> bytes:
    text = f"{number} " + PROSE * (size // len(PROSE) + 1)
    attributes = {"title": f"Minutes of meeting {number}", "slug": f"minutes-{number}", "content": text[:size]}
    return json.dumps({"data": {"type": "item", "attributes": attributes}}).encode()


def measure(rules: Ruleset, kind: str, count: int) -> Timing:
    """Inspect `count` requests of a kind: `get`, or `post N` with N bytes of prose."""
    client = Client("192.0.2.1", "192.0.2.1")
    size = int(kind.split()[1]) if kind.startswith("post") else 0
    times = []
    for number in range(count + 200):
        body = _save(size, number) if size else b""
        request = _request(b"POST" if body else b"GET", body, number)
        transaction = rules.transaction(request, client)
        verdict = transaction.request_head()
        if body:
            verdict = transaction.request_body(body)
        if verdict.blocked:
            raise SystemExit(f"a benign request was blocked: {verdict.matches}")
        times.append(transaction.nanoseconds / 1000)
    times = times[200:]  # the first ones fill memos and caches
    cuts = statistics.quantiles(times, n=100)
    return Timing(statistics.median(times), cuts[98], max(times))
