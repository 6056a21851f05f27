"""Connections that break off anywhere, on both sides, by the thousand: no descriptor, no connection and no memory stays."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

CONNECTIONS = 3000
PEOPLE = 12
GROWTH = 4 * 1024 * 1024  # over the second half; a leaked connection is more than 2 KiB
HEAD = b"POST /%d HTTP/1.1\r\nHost: cms.example\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n"


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def moody(peer) -> None:
    """An origin that breaks off, too: before an answer, within it, after it, or by reset."""
    choose = random.Random(peer.writer.get_extra_info("peername")[1])
    while True:
        received = await peer.request()
        body = bytes(choose.choice([10, 3000, 200_000]))
        raw = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        mood = choose.random()
        if mood < 0.6 or received.target == "/fine":
            await peer.send(raw)
        elif mood < 0.8:
            await peer.send(raw[: choose.randrange(len(raw))])
            return
        elif mood < 0.9:
            peer.reset()
            return
        else:
            await asyncio.sleep(0.05)
            return


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_breaks_off_leaves_nothing_behind(
    scheme, make_origin, make_edge, make_authority, connect, free_port, until
) -> None:
    authority, port = make_authority(), free_port()
    certificate, key = authority.issue("localhost")
    tls = {"tls": {"certificate": str(certificate), "key": str(key)}} if scheme == "https" else {}
    options = {"ssl": authority.client_context()} if tls else {}
    connections = CONNECTIONS // 3 if tls else CONNECTIONS
    origin = await make_origin(moody)
    edge = await make_edge(
        origin.url,
        listeners=[{"address": "127.0.0.1", "port": port, **tls}],
        cache={"memory": "1MiB"},
        observe={"access_log": "/dev/null", "event_log": "/dev/null"},
    )
    (worker,) = await edge.workers()

    async def break_off(number: int, choose: random.Random) -> None:
        raw = HEAD % number + b'{"a": 1}' * 250 if number % 2 else b"GET /%d HTTP/1.1\r\nHost: cms.example\r\n\r\n" % number
        kind = choose.randrange(6)
        client = await connect(port, **({} if kind == 0 else options))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, AssertionError):
            if kind <= 1:  # before there is TLS, or before a word
                await client.send(raw[: choose.randrange(20)])
            elif kind == 2:  # within head or body
                await client.send(raw[: choose.randrange(len(raw))])
            elif kind == 3:  # while the origin thinks
                await client.send(raw)
                await asyncio.sleep(choose.random() / 500)
            elif kind == 4:  # within the answer
                await client.send(raw * 3)
                await client.reader.readexactly(100)
            else:  # politely
                await client.send(raw)
                await client.answer()
        client.close()

    async def half(first: int, last: int) -> None:
        numbers = iter(range(first, last))

        async def person(name: int) -> None:
            choose = random.Random(first * 100 + name)
            for number in numbers:
                await break_off(number, choose)

        await asyncio.gather(*[person(name) for name in range(PEOPLE)])
        await edge.counts(0, "edgeguard_connections_open")

    before = descriptors(worker)
    await half(0, connections // 2)
    memory = resident(worker)
    await half(connections // 2, connections)
    assert resident(worker) - memory < GROWTH
    await until(lambda: descriptors(worker) <= before + 2 * PEOPLE)  # connections to the origin that are kept
    assert await edge.workers() == [worker]
    assert (await (await connect(port, **options)).ask("/fine")).status == 200
