"""A request may be given up at any moment. Whatever moment it is, no connection and no place in the queue may be lost by it.

The `pool` fixture checks at the end of each test that the books are balanced.
"""

from __future__ import annotations

import asyncio
import socket

import pytest

# How often the event loop turns while one fetch runs from its start to its end; generous.
TURNS = 40


def echo(answer):
    async def script(peer):
        while True:
            await peer.request()
            await peer.send(answer)

    return script


async def cancelled(task: asyncio.Task) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def balanced(p) -> None:
    """Nothing in flight, and all connections idle or gone."""
    endpoint = p._roster.endpoints[0]
    for _ in range(100):
        if endpoint.in_flight == 0 and endpoint.opened == len(endpoint.idle) == len(p._roster.alive):
            break
        await asyncio.sleep(0.001)
    else:
        pytest.fail(f"{p!r} holds {p._roster.alive!r}")
    assert p.snapshot()["waiting"] == 0


async def test_while_dialling(pool, request_of, until) -> None:
    with socket.socket() as listener, socket.socket() as filler:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())
        p = pool(f"http://127.0.0.1:{listener.getsockname()[1]}", connections=1)
        task = asyncio.ensure_future(p.fetch(request_of()))
        await asyncio.sleep(0.01)
        assert p.snapshot()["endpoints"][0]["connections"] == 1
        await cancelled(task)
        assert p.snapshot()["endpoints"][0]["connections"] == 0
    await balanced(p)


async def test_by_someone_who_drives_it_without_a_task(origin, pool, request_of, answer, until) -> None:
    p = pool((await origin(echo(answer))).url, connections=1)
    for turns in range(4):
        fetch = p.fetch(request_of()).__await__()
        for _ in range(turns):
            future = next(fetch, None)
            if future is None:
                break
            await until(future.done)
        fetch.close()
        await balanced(p)
    assert (await p.fetch(request_of())).body.whole == b"ok"


async def test_dialling_stops_with_whoever_drove_it(pool, request_of) -> None:
    with socket.socket() as listener, socket.socket() as filler:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())
        p = pool(f"http://127.0.0.1:{listener.getsockname()[1]}", connect_seconds=50)
        fetch = p.fetch(request_of()).__await__()
        next(fetch)
        await asyncio.sleep(0.01)
        fetch.close()
        await asyncio.sleep(0.01)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await balanced(p)


async def test_in_the_queue(origin, pool, request_of, until) -> None:
    async def script(peer):
        await peer.gone()

    p = pool((await origin(script)).url, connections=1, queue=1)
    holder = asyncio.ensure_future(p.fetch(request_of()))
    await asyncio.sleep(0)
    for _ in range(3):  # each leaves room for the next
        task = asyncio.ensure_future(p.fetch(request_of()))
        await asyncio.sleep(0)
        assert p.snapshot()["waiting"] == 1
        await cancelled(task)
        assert p.snapshot()["waiting"] == 0
    await cancelled(holder)
    await balanced(p)


async def test_in_the_moment_of_being_served(origin, pool, request_of, answer, until) -> None:
    p = pool((await origin(echo(answer))).url, connections=1)
    await p.fetch(request_of())
    roster = p._roster
    lease = roster.acquire()
    first, second = roster.join(), roster.join()
    roster.give_back(lease)
    assert (first.done(), second.done()) == (True, False)
    roster.leave(first)  # what a cancelled request does when its connection has just been given to it
    assert second.done()
    roster.leave(second)
    await balanced(p)
    assert (await p.fetch(request_of())).body.whole == b"ok"
    assert p.snapshot()["opened"] == 1


async def test_while_waiting_for_the_answer(origin, pool, request_of, until) -> None:
    asked = asyncio.Event()

    async def script(peer):
        await peer.request()
        asked.set()
        await peer.gone()

    p = pool((await origin(script)).url)
    task = asyncio.ensure_future(p.fetch(request_of()))
    await asked.wait()
    await cancelled(task)
    await balanced(p)
    assert (p.snapshot()["closed"], p.snapshot()["failures"]) == (1, {})


@pytest.mark.parametrize("later", [False, True], ids=["just-before", "just-after"])
async def test_in_the_moment_of_a_whole_answer(later, origin, pool, request_of, answer, until) -> None:
    p = pool((await origin(echo(answer))).url)
    task = asyncio.ensure_future(p.fetch(request_of()))
    real = p._roster.done

    def done(connection, *, reusable: bool) -> None:
        real(connection, reusable=reusable)
        if later:  # after the answer was set, before the task has run again
            asyncio.get_running_loop().call_soon(task.cancel)
        else:
            task.cancel()

    p._roster.done = done
    with pytest.raises(asyncio.CancelledError):
        await task
    p._roster.done = real
    await balanced(p)
    assert p.snapshot()["closed"] == 0  # the answer was complete, so the connection is good
    assert (await p.fetch(request_of())).body.whole == b"ok"


async def test_while_uploading(origin, pool, request_of, piece_body, until) -> None:
    async def script(peer):
        await peer.reader.readuntil(b"5\r\nhello\r\n")
        asked.set()
        await peer.gone()

    asked = asyncio.Event()
    p = pool((await origin(script)).url)
    body = piece_body(b"hello", asyncio.Event())
    task = asyncio.ensure_future(p.fetch(request_of("POST", body=body)))
    await asked.wait()
    await cancelled(task)
    await asyncio.sleep(0)
    assert body.abandoned
    await balanced(p)


async def test_while_the_origin_takes_nothing(origin, pool, request_of, until) -> None:
    release = asyncio.Event()

    async def script(peer):
        peer.writer.transport.pause_reading()
        await release.wait()

    p = pool((await origin(script)).url)
    task = asyncio.ensure_future(p.fetch(request_of("POST", body=b"x" * 32_000_000)))
    await until(lambda: p._roster.alive and next(iter(p._roster.alive))._full is not None)
    await cancelled(task)
    await balanced(p)
    assert not p._roster.alive  # half a request is on it
    release.set()


async def test_while_reading_the_answer(origin, pool, request_of, until) -> None:
    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await peer.gone()

    p = pool((await origin(script)).url)
    response = await p.fetch(request_of())
    reading = asyncio.ensure_future(response.body.read())
    await asyncio.sleep(0)
    await cancelled(reading)
    assert p.snapshot()["endpoints"][0]["in_flight"] == 1  # who reads may try again, or say that nobody will
    response.body.abandon()
    await balanced(p)


async def test_a_cancelled_read_loses_nothing(origin, pool, request_of) -> None:
    go = asyncio.Event()

    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await go.wait()
        await peer.send(b"5\r\nhello\r\n0\r\n\r\n")
        await peer.gone()

    p = pool((await origin(script)).url)
    response = await p.fetch(request_of())
    reading = asyncio.ensure_future(response.body.read())
    await asyncio.sleep(0)
    await cancelled(reading)
    go.set()
    assert await response.body.read() == b"hello"
    assert await response.body.read() == b""


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("warm", [False, True], ids=["new", "idle"])
async def test_after_any_number_of_turns(
    *, secure, streamed, warm, origin, pool, request_of, piece_body, authority, until
) -> None:
    script = echo(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
    server = await origin(script, authority.server_context("localhost") if secure else None)
    p = pool(server.url, connections=1, tls={"ca": authority.ca} if secure else {})
    finished = 0
    for turns in range(TURNS):
        if warm:
            await p.fetch(request_of())
        body = piece_body(b"hello", b"world") if streamed else b"hello"
        task = asyncio.ensure_future(p.fetch(request_of("POST", body=body)))
        for _ in range(turns):
            await asyncio.sleep(0)
        finished += task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        del task
        await balanced(p)
    assert (await p.fetch(request_of())).status == 200
    assert finished < TURNS
