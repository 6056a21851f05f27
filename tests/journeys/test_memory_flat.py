"""Many requests, none like another where that can fill something: a worker's memory grows to its bounds, and then no more."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

REQUESTS = 100_000
PEOPLE = 6
BATCH = 40  # pipelined; the last of them tells where the batch's answers end
END = b"<end of batch>"
GROWTH = 6 * 1024 * 1024  # over the second half: 128 bytes kept of each request would show


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def batch(number: int) -> bytes:
    """The bytes of BATCH requests; hardly one of them has come before."""
    requests = []
    for turn in range(number * BATCH, (number + 1) * BATCH - 1):
        address = f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"
        fields = f"Host: cms.example\r\nX-Forwarded-For: {address}\r\nUser-Agent: agent {turn}\r\nCookie: visit={turn}\r\n"
        kind = turn % 10
        if kind < 3:
            requests.append(f"GET /kept/{turn % 20} HTTP/1.1\r\n{fields}\r\n")
        elif kind < 5:
            requests.append(f"GET /new/{turn}?page={turn} HTTP/1.1\r\n{fields}\r\n")
        elif kind == 5:
            requests.append(f"GET /blocked/{turn}?q=attack-me HTTP/1.1\r\n{fields}\r\n")
        elif kind == 6:
            requests.append(f"GET /kept/1 HTTP/1.1\r\n{fields}Authorization: Bearer the-limited-one\r\n\r\n")
        elif kind == 7:
            requests.append(f"GET /kept/2 HTTP/1.1\r\n{fields}Authorization: Bearer token-{turn}\r\n\r\n")
        elif kind == 8:
            body = f'{{"title": "Article {turn}", "text": "{"word " * 20}"}}'
            fields += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            requests.append(f"POST /items/{turn} HTTP/1.1\r\n{fields}\r\n{body}")
        else:
            requests.append(f"DELETE /never/{turn} HTTP/1.1\r\n{fields}X-Own-{turn}: {turn}\r\n\r\n")
    return ("".join(requests) + "GET /end HTTP/1.1\r\nHost: cms.example\r\n\r\n").encode()


async def send_all(connect, port: int, first: int, last: int) -> Counter[int]:
    """Batches `first` to `last` over a few connections; how often each status was answered."""
    numbers = iter(range(first, last))
    statuses: Counter[int] = Counter()

    async def person() -> None:
        client = await connect(port, limit=1 << 20)
        for asked, number in enumerate(numbers, start=1):
            client.writer.write(batch(number))
            answers = await client.reader.readuntil(END)
            for status in (200, 403, 405, 429):
                statuses[status] += answers.count(b"HTTP/1.1 %d " % status)
            if asked % 50 == 0:  # connections come and go as well
                client.close()
                client = await connect(port, limit=1 << 20)
        client.close()

    await asyncio.gather(*[person() for _ in range(PEOPLE)])
    return statuses


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_memory_stays_flat(make_origin, make_edge, connect, answering, ok) -> None:
    def handle(received) -> bytes:
        if received.target == "/end":
            return ok(END, "Cache-Control: no-store")
        keep = "Cache-Control: max-age=3600" if received.method == "GET" else "Cache-Control: no-store"
        return ok(b"x" * 300, keep, "Vary: Accept-Encoding")

    origin = await make_origin(answering(handle))
    edge = await make_edge(
        origin.url,
        identity={
            "key": "a key for tests, long enough",
            "trusted_proxies": ["127.0.0.0/8"],
            "accounts": [{"token": "authorization"}],
        },
        admit={"methods": ["GET", "POST"]},
        # Bounds that are reached within the first half, so that the second shows whether they hold.
        limits={
            "buckets": 2000,
            "policies": [
                {"name": "account", "key": "account", "requests": 100, "seconds": 600},
                {"name": "address", "key": "address", "requests": 1000, "seconds": 1},
            ],
        },
        cache={"memory": "4MiB"},
        observe={"accounts": 20, "access_log": "/dev/null", "event_log": "/dev/null"},
    )
    (worker,) = await edge.workers()
    half = REQUESTS // BATCH // 2
    statuses = await send_all(connect, edge.port, 0, half)
    before = resident(worker)
    statuses += await send_all(connect, edge.port, half, 2 * half)
    growth = resident(worker) - before
    assert await edge.workers() == [worker]
    assert sum(statuses.values()) == 2 * half * BATCH
    assert min(statuses[status] for status in (200, 403, 405, 429)) > REQUESTS // 20
    assert growth < GROWTH
    # Every one of them was counted, and with none of them did a label come into being.
    await edge.counts(2 * half * BATCH, "edgeguard_requests_total")
    assert (await edge.get("/metrics")).body.count(b"edgeguard_account_requests_total{") < 200
