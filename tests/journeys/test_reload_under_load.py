"""Nothing that was accepted is lost: over reloads, a refused reload, the death of workers, and a stop."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from contextlib import asynccontextmanager

import pytest

BLOCK_MORE = """\
- id: journey-2
  title: Another word
  severity: critical
  match:
    word: {http.request.query|contains: another-word}
  tests:
    match: [{path: "/?q=another-word"}]
    pass: [{path: /}]
"""
PEOPLE = 4


class Load:
    """Clients that ask one thing after the other: some on a connection that they keep, some on a new one each time.

    A kept connection that the edge has announced to close is opened anew, which is no failure. `retrying` clients ask once more
    when a connection ends before any answer, as browsers do (RFC 9110, section 9.2.2).

    Attributes:
        answered, retried: how many times.
        failures: what should not have happened.
    """

    def __init__(self, connect, port: int, *, retrying: bool = False) -> None:
        self._connect = connect
        self._port = port
        self._retrying = retrying
        self.answered = 0
        self.retried = 0
        self.failures: list[str] = []

    @asynccontextmanager
    async def running(self):
        tasks = [asyncio.create_task(self._person(number, keeps=number % 2 == 0)) for number in range(PEOPLE)]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def more(self, answers: int = 50) -> None:
        """Let so many more be answered."""
        wanted = self.answered + answers
        async with asyncio.timeout(20):
            while self.answered < wanted:  # noqa: ASYNC110 - polled; an event for each answer would be one more thing under load
                await asyncio.sleep(0.01)

    async def _person(self, number: int, *, keeps: bool) -> None:
        client, turn = None, 0
        while True:
            turn += 1
            for chance in (1, 2) if self._retrying else (2,):
                try:
                    client = client or await self._connect(self._port)
                    answer = await client.ask(f"/{number}/{turn}")
                except (OSError, asyncio.IncompleteReadError) as error:
                    client = None
                    if chance == 2:
                        self.failures.append(repr(error))
                    else:
                        self.retried += 1
                    continue
                break
            else:
                continue
            self.answered += 1
            if answer.status != 200:
                self.failures.append(f"{answer.status}: {answer.body!r}")
            if not keeps or answer.fields.get("connection") == "close":
                client.close()
                client = None
            await asyncio.sleep(0.002)


@pytest.fixture
async def two_workers(make_origin, make_edge, answering, ok):
    origin = await make_origin(answering(lambda received: ok(received.target.encode())))
    edge = await make_edge(origin.url, workers=2)
    edge.origin = origin
    return edge


async def test_five_reloads_under_load_lose_nothing(two_workers, connect) -> None:
    edge = two_workers
    before = set(await edge.workers())
    async with Load(connect, edge.port).running() as load:
        for turn in range(5):
            await load.more()
            edge.config["harden"] = {"add": {"x-turn": str(turn)}}
            assert (await edge.reload())["reload"]["ok"]
        await load.more()
    assert load.failures == []
    assert (await (await connect(edge.port)).ask("/")).fields["x-turn"] == "4"
    assert len(before | set(await edge.workers())) == 4


async def test_new_rules_and_settings_come_into_force(two_workers, connect) -> None:
    edge = two_workers
    assert (await (await connect(edge.port)).ask("/?q=another-word")).status == 200
    before = await edge.ready()
    edge.rules.write_text(edge.rules.read_text() + BLOCK_MORE)
    edge.config["admit"] = {"methods": ["GET"]}
    after = await edge.reload()
    client = await connect(edge.port)
    assert (await client.ask("/?q=another-word")).status == 403
    assert (await client.ask("/?q=attack-me")).status == 403
    assert (await client.ask("/", "DELETE")).status == 405
    assert before["ruleset"]["digest"] != after["ruleset"]["digest"]
    assert before["config"]["digest"] != after["config"]["digest"]
    assert after["ruleset"]["rules"] == 2


async def test_what_does_not_load_leaves_the_last_good_in_force(two_workers, connect) -> None:
    edge = two_workers
    good = await edge.ready()
    workers = await edge.workers()

    async def refused(about: str) -> None:
        ready = await edge.reload()
        assert ready["ready"]
        assert not ready["reload"]["ok"]
        assert about in ready["reload"]["error"]
        assert (ready["config"], ready["ruleset"]) == (good["config"], good["ruleset"])
        assert await edge.metric("edgeguard_last_reload_success") == 0
        assert await edge.workers() == workers

    async with Load(connect, edge.port).running() as load:
        edge.config["cach"] = {}
        await refused("cach")
        del edge.config["cach"]
        rules = edge.rules.read_text()
        edge.rules.write_text(rules.replace("pass: [{path: /}]", 'pass: [{path: "/?q=attack-me"}]'))
        await refused("journey-1")
        edge.rules.write_text(rules.replace("contains", "contians"))
        await refused("contains")
        edge.rules.write_text(rules)
        edge.config["listeners"].append({"address": "192.0.2.1", "port": 80})
        await refused("192.0.2.1")
        edge.config["listeners"].pop()
        assert (await edge.reload())["reload"]["ok"]
        await load.more()
    assert load.failures == []
    assert await edge.metric("edgeguard_last_reload_success") == 1
    assert (await (await connect(edge.port)).ask("/?q=attack-me")).status == 403


async def test_a_certificate_that_can_not_be_used_leaves_the_last_good_in_force(two_workers, connect, make_authority) -> None:
    edge = two_workers
    certificate, _ = make_authority("one").issue("localhost")
    _, other_key = make_authority("two").issue("localhost")
    good = (await edge.ready())["config"]
    async with Load(connect, edge.port).running() as load:
        edge.config["listeners"].append({"address": "127.0.0.1", "port": edge.port + 1})
        edge.config["listeners"][-1]["tls"] = {"certificate": str(certificate), "key": str(other_key)}
        ready = await edge.reload()
        await load.more()
    assert load.failures == []
    assert not ready["reload"]["ok"]
    assert ready["ready"]
    assert ready["config"] == good
    assert len(await edge.workers()) == 2


async def test_a_worker_told_to_end_loses_nothing_and_is_replaced(two_workers, connect, until) -> None:
    edge = two_workers
    async with Load(connect, edge.port).running() as load:
        await load.more()
        for _ in range(2):
            first = (await edge.workers())[0]
            os.kill(first, signal.SIGTERM)
            await until(lambda first=first: others(edge, first))
            await load.more()
    assert load.failures == []


async def others(edge, gone: int) -> bool:
    workers = await edge.workers()
    return len(workers) == 2 and gone not in workers


async def test_killed_workers_are_replaced_and_a_client_that_asks_again_notices_nothing(two_workers, connect, until) -> None:
    edge = two_workers
    async with Load(connect, edge.port, retrying=True).running() as load:
        await load.more()
        for _ in range(2):
            first = (await edge.workers())[0]
            os.kill(first, signal.SIGKILL)
            await until(lambda first=first: others(edge, first))
            await load.more()
    assert load.failures == []
    assert await edge.metric("edgeguard_worker_restarts_total") == 2


async def test_a_stop_finishes_what_was_begun(make_origin, make_edge, connect, until, alive, family) -> None:
    go_on = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n")
            await go_on.wait()
            await peer.send(b"3\r\nend\r\n0\r\n\r\n")

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    members = family(edge.pid)
    streaming, idle, late = [await connect(edge.port) for _ in range(3)]
    await streaming.send(b"GET / HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    assert (await streaming.head())[0] == 200
    assert await streaming.chunk() == b"begin"
    edge.signal(signal.SIGTERM)
    await until(lambda: refuses(edge.port))  # others are to go to another edge
    await late.send(b"GET /late HTTP/1.1\r\nHost: cms.example\r\n\r\n")  # crossed with the edge's goodbye
    status, fields = await late.head()
    assert (status, fields["connection"]) == (200, "close")
    assert await idle.rest() == b""
    assert not edge.ended()
    go_on.set()
    assert await late.rest() == b"5\r\nbegin\r\n3\r\nend\r\n0\r\n\r\n"
    assert await streaming.chunk() == b"end"
    assert await streaming.chunk() == b""
    assert await streaming.rest() == b""
    await until(edge.ended)
    assert edge.process.returncode == 0
    assert not any(alive(pid) for pid in members)


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
