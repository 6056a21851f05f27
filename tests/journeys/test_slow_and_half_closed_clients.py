"""Clients that take their time, or go half away. Each is held to its bound, and all others are served meanwhile."""

from __future__ import annotations

import asyncio
import json

import pytest

QUICK = {
    "header_seconds": 0.6,
    "body_grace_seconds": 0.6,
    "body_bytes_per_second": 1000,
    "idle_seconds": 0.8,
    "write_seconds": 0.8,
}
HEAD = b"POST /slow HTTP/1.1\r\nHost: cms.example\r\n"


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok):
    big = bytes(8 * 1024 * 1024)
    origin = await make_origin(answering(lambda received: ok(big if received.target == "/big" else b"ok")))
    edge = await make_edge(origin.url, wire={**QUICK, "connections": 60, "connections_per_address": 60})
    edge.origin = origin
    return edge


@pytest.fixture
async def others_are_served(edge, connect):
    """Called while something slow goes on: a handful of requests, on kept and new connections, all answered at once."""

    async def check() -> None:
        kept = await connect(edge.port)
        async with asyncio.timeout(2):
            for turn in range(5):
                assert (await kept.ask(f"/others/{turn}")).status == 200
                new = await connect(edge.port)
                assert (await new.ask(f"/new/{turn}")).status == 200
                new.close()
        kept.close()

    return check


def gently(client, octets: bytes, seconds: float) -> asyncio.Task[None]:
    """One octet after the other, until all are sent or the edge has had enough."""

    async def drip() -> None:
        for octet in octets:
            try:
                await client.send(bytes([octet]))
            except ConnectionError:
                return
            await asyncio.sleep(seconds)

    return asyncio.create_task(drip())


async def test_a_head_that_never_ends_is_cut_off_with_408(edge, connect, others_are_served) -> None:
    clients = [await connect(edge.port) for _ in range(20)]
    tasks = [gently(client, HEAD + b"X-Slow: " + b"a" * 1000, 0.05) for client in clients]
    await others_are_served()
    for client in clients:
        answer = await client.answer()
        assert (answer.status, answer.fields["connection"]) == (408, "close")
        assert json.loads(answer.body)["status"] == 408
        assert await client.rest() == b""
    for task in tasks:
        task.cancel()
    assert all("/slow" not in line for line in edge.origin.lines)


async def test_nothing_at_all_is_cut_off_too(edge, connect, others_are_served, until) -> None:
    clients = [await connect(edge.port) for _ in range(20)]
    await others_are_served()
    assert [await client.rest() for client in clients] == [b""] * 20
    await until(lambda: open_connections_are(edge, 0))


async def open_connections_are(edge, count: int) -> bool:
    return await edge.metric("edgeguard_connections_open") == count


async def test_a_body_that_drips_is_cut_off_and_the_origin_never_sees_it(edge, connect, others_are_served) -> None:
    client = await connect(edge.port)
    await client.send(HEAD + b"Content-Length: 100000\r\nContent-Type: application/json\r\n\r\n")
    task = gently(client, b"x" * 100_000, 0.02)
    await others_are_served()
    answer = await client.answer()
    assert (answer.status, answer.fields["connection"]) == (408, "close")
    task.cancel()
    assert all("/slow" not in line for line in edge.origin.lines)


async def test_a_body_that_is_slow_but_steady_arrives(edge, connect, others_are_served) -> None:
    client = await connect(edge.port)
    await client.send(HEAD + b"Content-Length: 4000\r\n\r\n")
    for _ in range(20):  # 4,000 bytes a second, where 1,000 are asked for
        await client.send(b"x" * 200)
        await asyncio.sleep(0.05)
    await others_are_served()
    assert (await client.answer()).status == 200


async def test_an_idle_connection_is_closed_without_a_word(edge, connect) -> None:
    client = await connect(edge.port)
    assert (await client.ask("/")).status == 200
    async with asyncio.timeout(5):
        assert await client.rest() == b""


async def test_a_reader_that_takes_nothing_is_cut_off_and_holds_up_nobody(edge, connect, others_are_served, until) -> None:
    client = await connect(edge.port, buffer=4096, limit=2048)
    await client.send(b"GET /big HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    await others_are_served()
    await until(lambda: any(line["path"] == "/big" for line in edge.lines()))
    (line,) = [line for line in edge.lines() if line["path"] == "/big"]
    assert line["reason"] == "client-gone"
    assert len(await client.rest()) < 8 * 1024 * 1024
    await until(lambda: open_connections_are(edge, 0))


async def test_a_reader_that_is_slow_but_steady_gets_everything(edge, connect) -> None:
    client = await connect(edge.port, buffer=64 * 1024, limit=32 * 1024)
    await client.send(b"GET /big HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    status, fields = await client.head()
    assert status == 200
    size = 0
    while size < int(fields["content-length"]):
        size += len(await client.reader.read(256 * 1024))
        await asyncio.sleep(0.02)  # 8 MiB take longer than `write_seconds`
    assert size == 8 * 1024 * 1024


async def test_a_client_that_has_said_its_last_word_still_gets_its_answer(make_origin, make_edge, connect, ok) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def script(peer):
        received = await peer.request()
        asked.set()
        await go_on.wait()
        await peer.send(ok(received.body))

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    await client.send(HEAD + b"Content-Length: 5\r\n\r\nhello")
    client.writer.write_eof()
    await asked.wait()
    go_on.set()
    answer = await client.answer()
    assert (answer.status, answer.body) == (200, b"hello")
    assert await client.rest() == b""


async def test_a_client_that_goes_within_its_body_is_refused_and_forgotten(edge, connect, until) -> None:
    half = await connect(edge.port)
    await half.send(HEAD + b"Content-Length: 5\r\n\r\nhel")
    half.writer.write_eof()
    assert (await half.answer()).status == 400
    gone = await connect(edge.port)
    await gone.send(HEAD + b"Content-Length: 5\r\n\r\nhel")
    gone.close()
    within_a_head = await connect(edge.port)
    await within_a_head.send(HEAD)
    within_a_head.writer.write_eof()
    assert await within_a_head.rest() == b""
    await until(lambda: open_connections_are(edge, 0))
    assert edge.origin.heads == [] or all("POST" in line for line in edge.origin.lines)


async def test_connections_past_the_bound_are_closed_and_those_within_go_on(edge, connect, until) -> None:
    held = [await connect(edge.port) for _ in range(60)]
    assert (await held[-1].ask("/last")).status == 200
    async with asyncio.timeout(2):
        for _ in range(5):
            assert await (await connect(edge.port)).rest() == b""
    assert (await held[0].ask("/first")).status == 200
    assert await edge.metric("edgeguard_connections_refused_total") == 5
    assert await edge.metric("edgeguard_connections_open") <= 60
    held.pop().close()
    held.pop().close()

    async def there_is_room() -> bool:
        client = await connect(edge.port)
        try:
            return (await client.ask("/again")).status == 200
        except (OSError, asyncio.IncompleteReadError):
            return False

    await until(there_is_room)


async def test_one_address_can_not_take_all_connections(make_origin, make_edge, connect) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, wire={"connections": 100, "connections_per_address": 10})
    greedy = [await connect(edge.port, address="127.0.0.2") for _ in range(10)]
    assert (await greedy[-1].ask("/")).status == 200
    assert await (await connect(edge.port, address="127.0.0.2")).rest() == b""
    assert (await (await connect(edge.port, address="127.0.0.3")).ask("/")).status == 200
    assert await edge.metric("edgeguard_connections_refused_total", why="address") == 1
