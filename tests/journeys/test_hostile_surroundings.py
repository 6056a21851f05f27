"""The machine lets it down: a full disk, a log that nobody reads, no descriptors left, a killed supervisor, hasty signals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket

import pytest


async def ask_many(connect, port: int, count: int) -> None:
    """Pipelined on one connection; each must be answered. A line in the log about one of them has 1.5 KiB."""
    client = await connect(port)
    for first in range(0, count, 20):
        await client.send(b"GET /%b HTTP/1.1\r\nHost: cms.example\r\n\r\n" % (b"long/" * 200) * 20)
        for _ in range(first, first + 20):
            assert (await client.answer()).status == 200
    client.close()


async def test_a_full_disk_costs_log_lines_and_nothing_else(make_origin, make_edge, connect, until) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, observe={"access_log": "/dev/full", "event_log": "/dev/full"})
    await ask_many(connect, edge.port, 200)

    async def told() -> bool:
        return await edge.metric("edgeguard_log_lines_dropped_total", log="access", why="failed") >= 200

    await until(told)
    assert await edge.stop() == 0


async def test_a_log_that_nobody_reads_holds_up_neither_requests_nor_the_end(make_origin, make_edge, connect, until) -> None:
    origin = await make_origin()
    reading, writing = os.pipe()
    edge = await make_edge(
        origin.url,
        process={"stdout": writing},
        observe={"access_log": "stdout", "event_log": "off", "queue": 100},
        drain_seconds=2,
    )
    os.close(writing)
    try:
        async with asyncio.timeout(20):
            await ask_many(connect, edge.port, 600)  # a pipe holds 64 KiB, and the queue 100 lines, which is less than half

        async def told() -> bool:
            return await edge.metric("edgeguard_log_lines_dropped_total", log="access", why="full") > 0

        await until(told)
        edge.signal(signal.SIGTERM)
        await until(edge.ended, 10)
        assert "killed" not in edge.told()
    finally:
        os.close(reading)


async def test_without_descriptors_left_it_waits_for_one_and_goes_on(make_origin, make_edge, connect, until) -> None:
    origin = await make_origin()

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    edge = await make_edge(origin.url, process={"preexec_fn": few})
    first = await connect(edge.port)
    assert (await first.ask("/")).status == 200
    crowd = [await connect(edge.port) for _ in range(100)]  # the kernel takes them all
    assert (await first.ask("/")).status == 200

    async def told() -> bool:
        return await edge.metric("edgeguard_connections_refused_total", why="descriptors") > 0

    await until(told)
    for client in crowd:
        client.close()

    async def served() -> bool:
        client = await connect(edge.port)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async with asyncio.timeout(2):
                return (await client.ask("/")).status == 200
        return False

    await until(served)
    assert len(await edge.workers()) == 1
    assert await edge.metric("edgeguard_worker_restarts_total") == 0


async def test_workers_do_not_outlive_a_killed_supervisor(make_origin, make_edge, connect, until, family, alive) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, workers=2)
    members = family(edge.pid)
    assert len(members) == 6  # the supervisor, two workers, an inspector beside each, and the admin process
    client = await connect(edge.port)
    assert (await client.ask("/")).status == 200
    edge.signal(signal.SIGKILL)
    await until(lambda: not any(alive(pid) for pid in members))
    with socket.create_server(("127.0.0.1", edge.port)):
        pass  # the port is free for the next one


async def test_hasty_reloads_end_with_the_last_one_in_force(make_origin, make_edge, connect, until, family, alive) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, workers=2)
    before = family(edge.pid)
    for turn in range(8):
        edge.config["harden"] = {"add": {"x-turn": str(turn)}}
        edge.write()
        edge.signal(signal.SIGHUP)
        await asyncio.sleep(0.05 * (turn % 3))

    async def settled() -> bool:
        ready = await edge.ready()
        return ready["reload"]["ok"] and len(ready["workers"]["list"]) == 2 and len(family(edge.pid)) == len(before)

    async def last_is_in_force() -> bool:
        client = await connect(edge.port)
        try:
            return (await client.ask("/")).fields.get("x-turn") == "7"
        finally:
            client.close()

    await until(last_is_in_force)
    await until(settled)
    assert await edge.metric("edgeguard_worker_restarts_total") == 0
    assert await edge.stop() == 0


@pytest.mark.parametrize("hurry", [0.0, 0.05, 0.3])
async def test_a_stop_in_the_middle_of_a_reload_is_a_stop(hurry, make_origin, make_edge, until, family, alive) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, workers=2)
    edge.signal(signal.SIGHUP)
    await asyncio.sleep(hurry)
    members = family(edge.pid)
    edge.signal(signal.SIGTERM)
    await until(edge.ended, 10)
    assert edge.process.returncode == 0
    assert not any(alive(pid) for pid in members)


async def test_a_second_signal_ends_it_at_once(make_origin, make_edge, connect, until) -> None:
    async def script(peer):
        await peer.request()
        await asyncio.sleep(60)

    origin = await make_origin(script)
    edge = await make_edge(origin.url, drain_seconds=60)
    client = await connect(edge.port)
    await client.send(b"GET / HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    await until(lambda: origin.heads)
    edge.signal(signal.SIGTERM)
    await asyncio.sleep(0.2)
    assert not edge.ended()
    edge.signal(signal.SIGTERM)
    await until(edge.ended, 5)
