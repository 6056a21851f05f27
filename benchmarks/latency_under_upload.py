"""How long other requests take while one client's upload of 10 MB is inspected: wanted is less than 1 ms more at p99.

Small GETs go out at a steady pace on a connection of their own. They are timed on a quiet edge, while uploads pass an edge
without rules, and while uploads are inspected; only what was under way together with an upload counts. An upload whose last
value is an attack must be blocked first, or nothing is measured: what is not inspected costs nothing. Where the quiet edge alone
is slower than what is wanted, the machine is too busy to tell, and no difference is printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import crs
import peers
from prose import paragraph
from sample import Sample
from sending import Client

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

WANTED = 1e-3  # seconds added at p99
_PACE = 0.002  # seconds between two GETs
_PAUSE = 0.05  # seconds between two uploads
_HOST = (b"Host", b"cms.example.com")
_ACCEPT = (b"Accept", b"application/json")
_AGENT = (b"User-Agent", b"cms-client/5.2 (node 20.14)")
_ATTACK = "1' UNION SELECT password FROM users WHERE '1'='1' -- <script>alert(document.cookie)</script>"
_EDGE = (
    "limits: {policies: []}\ncache: {enabled: false}\nobserve: {access_log: 'off', event_log: 'off'}\n"
    "wire: {requests_per_connection: 1000000000, body: 33554432}\n"
    "waf: {WAF, inspect_bytes: 33554432, body_values: 10000000, budget_us: 60000000}\n"
)


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crs", type=Path, metavar="DIR", help="a Core Rule Set in the place of EdgeGuard's own rules")
    parser.add_argument("--seconds", type=float, default=6, help="of each measurement (6)")
    parser.add_argument("--megabytes", type=int, default=10, help="of each upload (10)")
    arguments = parser.parse_args()
    size = arguments.megabytes * 1024 * 1024
    makers = {"JSON": _json, "multipart": _multipart}
    with tempfile.TemporaryDirectory(prefix="edgeguard-upload-") as name, ExitStack() as stack:
        folder = Path(name)
        core, other = peers.cores()
        origin = peers.reflector(other, folder)
        stack.callback(origin.stop)
        rules = (
            "rules: ['ROOT/rules']"
            if arguments.crs is None
            else f"rules: [], {crs.edge_rules(crs.tree(arguments.crs), folder, body=4 * size)}"
        )
        off = peers.edge("edge without rules", origin, core, folder, _EDGE.replace("WAF", "mode: 'off'"))
        stack.callback(off.stop)
        on = peers.edge("edge with rules", origin, core, folder, _EDGE.replace("WAF", rules))
        stack.callback(on.stop)
        print("| GETs while | upload takes ms | p50 µs | p99 µs | max µs | added p99 µs | wanted |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        quiet = _measure("nothing else happens", on, None, arguments.seconds, None)
        for kind, make in makers.items():
            status = Client(on.port, seconds=120).send(make(size, _ATTACK)).status
            if status != 403:
                print(f"| {kind}: left out, an attack at its end is answered {status}, so that it is not inspected | | | | | | |")
                continue
            sample = make(size, "")
            _measure(f"{kind} of {arguments.megabytes} MB passes, no rules", off, sample, arguments.seconds, quiet)
            _measure(f"{kind} of {arguments.megabytes} MB is inspected", on, sample, arguments.seconds, quiet, wanted=True)


def _measure(
    title: str, edge: peers.Peer, upload: Sample | None, seconds: float, quiet: float | None, *, wanted: bool = False
) -> float:
    """Time GETs, print a line; the 99th percentile in seconds."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    uploader = context.Process(target=_upload, args=(edge.port, upload, seconds, theirs)) if upload is not None else None
    if uploader is not None:
        uploader.start()
        ours.recv()  # it has started
    timed = _probe(edge.port, seconds)
    spans: list[tuple[float, float, int]] = ours.recv() if uploader is not None else [(0.0, time.monotonic(), 200)]
    if uploader is not None:
        uploader.join()
    took = [each for at, took in timed if any(begin - took < at < end for begin, end, _ in spans) for each in _with_missed(took)]
    if len(took) < 100:
        raise SystemExit(f"only {len(took)} requests met an upload; give --seconds more")
    p50, p99, most = statistics.median(took), statistics.quantiles(took, n=100)[98], max(took)
    length = (
        f"{statistics.median(end - begin for begin, end, _ in spans) * 1e3:.0f}, {spans[-1][2]}" if upload is not None else ""
    )
    added = ""
    if quiet is not None:
        added = f"{max(0.0, p99 - quiet) * 1e6:.0f}" if quiet < WANTED else "machine too busy to tell"
    figures = " | ".join(f"{figure * 1e6:.0f}" for figure in (p50, p99, most))
    print(f"| {title} | {length} | {figures} | {added} | {f'{WANTED * 1e6:.0f}' if wanted else ''} |", flush=True)
    return p99


def _with_missed(took: float) -> list[float]:
    """A GET that was slow held up those that were due after it; they would have waited as well."""
    return [took - _PACE * number for number in range(max(1, int(took / _PACE)))]


def _probe(port: int, seconds: float) -> list[tuple[float, float]]:
    """When each GET began, and how long it took, in seconds."""
    found = []
    with socket.create_connection(("127.0.0.1", port), 30) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number, end = 0, time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            number += 1
            # Another item each time, so that nothing is known from before.
            sock.sendall(Sample("probe", target=b"/items/%d?locale=en" % number, fields=(_HOST, _AGENT, _ACCEPT)).wire())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += sock.recv(65536) or sys.exit("the edge closed the connection")
            took = time.monotonic() - began
            found.append((began, took))
            time.sleep(max(0.0, _PACE - took))
    return found


def _upload(port: int, sample: Sample, seconds: float, pipe: Connection) -> None:
    """Upload again and again; send back when each began and ended, and the last answer's status."""
    spans: list[tuple[float, float, int]] = []
    pipe.send("started")
    end = time.monotonic() + seconds
    client = Client(port, seconds=60)
    while time.monotonic() < end or not spans:
        began = time.monotonic()
        status = client.send(sample).status
        spans.append((began, time.monotonic(), status))
        time.sleep(_PAUSE)
    pipe.send(spans)


def _json(size: int, last: str) -> Sample:
    random = Random(1)
    items: list[dict[str, object]] = []
    left = size
    while left > 0:
        items.append({"id": len(items), "body": paragraph(random, 40_000)})  # few of them: recommended is a limit of 1,000 values
        left -= len(json.dumps(items[-1])) + 2
    body = json.dumps({"data": items, "last": last}).encode()
    return Sample("json", b"POST", b"/import", fields=(_HOST, _AGENT, _ACCEPT)).with_body(body, b"application/json")


def _multipart(size: int, last: str) -> Sample:
    """Fields, not a file: rules look at the values of forms, and most of them not into files."""
    random = Random(2)
    texts: list[str] = []
    while sum(map(len, texts)) < size:
        texts.append(paragraph(random, 20_000))
    values = {f"text{number}": text for number, text in enumerate(texts)} | {"last": last}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in values.items()]
    body = "".join(parts).encode() + b"--b--\r\n"
    return Sample("multipart", b"POST", b"/uploads", fields=(_HOST, _AGENT, _ACCEPT)).with_body(
        body, b"multipart/form-data; boundary=b"
    )


if __name__ == "__main__":
    main()
