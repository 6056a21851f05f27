"""Bans, challenges and counts through real edges: shared by workers and by edges, over deaths, reloads and the loss of Redis."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]  # commands take seconds on a busy machine

TRUSTING = {"trusted_proxies": ["127.0.0.1"], "key": "a key for tests, long enough"}
RULES = """
- id: t-404
  title: Looks for what is not there
  when: {status: 404}
  key: address
  limit: 5
  window: 1m
  action: {ban: {for: [4s, 10m]}}
  tests:
    act: [{times: 5, status: 404}]
    quiet: [{times: 4, status: 404}]
- id: t-challenge
  title: Has to show that it is a browser
  when: {path: /challenge-me}
  key: address
  limit: 1
  window: 1m
  action: {challenge: {for: 1h}}
  tests:
    act: [{path: /challenge-me}]
    quiet: [{path: /other}]
"""


@pytest.fixture
async def missing(make_origin, answering, ok):
    """An origin that does not have what lies below /missing."""

    def answer(received) -> bytes:
        if received.target.startswith("/missing"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        return ok(b"<!doctype html><title>The article</title>", "Content-Type: text/html")

    return await make_origin(answering(answer))


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "dynamic.yaml"
    path.write_text(RULES)
    return [str(path)]


async def ask(connect, edge, address: str, path: str = "/", **fields) -> int:
    """The status of one request over a connection of its own, so that any worker may get it."""
    client = await connect(edge.port)
    answer = await client.ask(path, X_Forwarded_For=address, **fields)
    client.close()
    return answer.status


async def statuses(connect, edge, address: str, times: int = 12, **fields) -> set[int]:
    return {await ask(connect, edge, address, **fields) for _ in range(times)}


def bans(edge, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edgeguard", "bans", args[0], "-c", str(edge.path), *args[1:]]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def order(edge, *args: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(bans, edge, *args)


async def test_a_storm_is_banned_by_all_workers(missing, make_edge, rules, connect, until) -> None:
    edge = await make_edge(missing.url, workers=2, identity=TRUSTING, dynamic={"rules": rules, "never": []})
    client = await connect(edge.port)
    for turn in range(5):
        assert (await client.ask(f"/missing/{turn}", X_Forwarded_For="203.0.113.5")).status == 404
    await until(lambda: _held(connect, edge, "203.0.113.5"))  # an exchange counts when its answer has been sent
    assert await statuses(connect, edge, "203.0.113.5") == {403}  # by the worker that counted, and by the other
    assert await statuses(connect, edge, "203.0.113.6") == {200}
    await until(lambda: _line(edge, "sanction_begun"))
    told = _line(edge, "sanction_begun")
    assert told["sanctions"][0]["subject"] == "203.0.113.5"
    assert await edge.metric("edgeguard_sanctions_total", rule="t-404", act="ban", mode="enforce") == 1
    await until(lambda: _free(connect, edge, "203.0.113.5"))  # it is over
    for turn in range(5):
        await client.ask(f"/missing/{turn}", X_Forwarded_For="203.0.113.5")
    listed = [json.loads(line) for line in (await order(edge, "list", "--json")).stdout.splitlines()]
    assert [(one["count"], one["seconds_left"] > 500) for one in listed] == [(2, True)]  # a repeater's is longer


def _line(edge, event: str):
    return next((line for line in edge.lines("events") if line["event"] == event), None)


async def test_orders_hold_within_a_second_and_over_deaths_and_reloads(missing, make_edge, rules, connect, family, until) -> None:
    edge = await make_edge(missing.url, workers=2, identity=TRUSTING, dynamic={"rules": rules})
    assert (await order(edge, "list")).stdout == "nobody is held\n"
    done = await order(edge, "add", "198.51.100.0/24", "--for", "1h", "--reason", "floods search", "--by", "ann")
    assert done.returncode == 0, done.stderr
    assert await statuses(connect, edge, "198.51.100.77") == {403}  # at once
    assert await statuses(connect, edge, "198.51.101.77", 4) == {200}
    listed = json.loads((await order(edge, "list", "--json")).stdout)
    assert (listed["subject"], listed["by"], listed["reason"]) == ("198.51.100.0/24", "ann", "floods search")
    workers = [worker["pid"] for worker in (await edge.ready())["workers"]["list"]]
    os.kill(workers[0], signal.SIGKILL)
    await until(lambda: _ready(edge, set(workers[:1])))
    assert await statuses(connect, edge, "198.51.100.78") == {403}
    assert (await edge.reload())["reload"]["ok"]
    assert await statuses(connect, edge, "198.51.100.79") == {403}
    assert (await order(edge, "remove", "198.51.100.0/24")).returncode == 0
    assert await statuses(connect, edge, "198.51.100.77") == {200}
    gone = await order(edge, "remove", "198.51.100.0/24")
    assert gone.returncode == 1
    assert "is not held" in gone.stderr


async def _ready(edge, without: set[int]) -> bool:
    workers = (await edge.ready())["workers"]["list"]
    return len(workers) == 2 and all(worker["ready"] and worker["pid"] not in without for worker in workers)


async def test_two_edges_share_through_redis_and_go_on_without(missing, make_edge, make_redis, rules, connect, until) -> None:
    redis = make_redis()
    shared = {
        "workers": 2,
        "identity": TRUSTING,
        "dynamic": {"rules": rules, "store": "redis"},
        "redis": {"url": f"redis://127.0.0.1:{redis.port}", "retry_seconds": 0.2},
    }
    first, second = await make_edge(missing.url, **shared), await make_edge(missing.url, **shared)
    await until(lambda: _up(first, second))
    for turn in range(5):
        await ask(connect, first, "203.0.113.5", f"/missing/{turn}")
    await until(lambda: _all_held(connect, second, "203.0.113.5"))
    # Neither edge sees enough by itself.
    for turn in range(3):
        await ask(connect, first, "203.0.113.6", f"/missing/{turn}")
        await ask(connect, second, "203.0.113.6", f"/missing/{turn}")
    await until(lambda: _all_held(connect, first, "203.0.113.6"))
    done = await order(first, "add", "203.0.113.7", "--for", "10m")
    assert "all edges" in done.stdout, done.stderr
    await until(lambda: _all_held(connect, second, "203.0.113.7"))
    redis.kill()
    await until(lambda: _down(first, second))
    assert await statuses(connect, second, "203.0.113.7") == {403}
    lost = await order(first, "list")
    assert lost.returncode == 1
    assert "Redis does not answer" in lost.stderr
    client = await connect(first.port)
    for turn in range(5):
        await client.ask(f"/missing/{turn}", X_Forwarded_For="203.0.113.8")
    assert await statuses(connect, first, "203.0.113.8") == {403}  # in memory, by both of its workers
    assert (await first.reload())["reload"]["ok"]
    assert await statuses(connect, first, "203.0.113.7") == {403}  # what was learned from Redis outlives workers
    redis.start()
    await until(lambda: _up(first, second))
    done = await order(first, "add", "203.0.113.9", "--for", "10m")
    await until(lambda: _all_held(connect, second, "203.0.113.9"))
    listed = (await order(second, "list")).stdout
    assert "203.0.113.7" in listed  # Redis had lost it, and was told


async def _held(connect, edge, address: str) -> bool:
    return await ask(connect, edge, address) == 403


async def _free(connect, edge, address: str) -> bool:
    return await ask(connect, edge, address) == 200


async def _up(*edges) -> bool:
    return all([await edge.metric("edgeguard_redis_up") == 1 for edge in edges])


async def _down(*edges) -> bool:
    return all([await edge.metric("edgeguard_redis_up") == 0 for edge in edges])


async def _all_held(connect, edge, address: str) -> bool:
    return await statuses(connect, edge, address) == {403}


async def test_a_rule_that_is_saved_is_in_force_soon_and_a_broken_one_changes_nothing(
    missing, make_edge, rules, connect, until, tmp_path
) -> None:
    edge = await make_edge(missing.url, workers=2, identity=TRUSTING, dynamic={"rules": rules})
    file = tmp_path / "dynamic.yaml"

    async def held(address: str = "203.0.113.5") -> bool:
        """Whether two requests for what is not there are too many."""
        client = await connect(edge.port)
        for turn in range(2):
            await client.ask(f"/missing/{turn}", X_Forwarded_For=address)
        client.close()
        return await ask(connect, edge, address) == 403

    file.write_text(RULES.replace("limit: 5", "limit: 5 of them"))
    await until(lambda: "limit is a whole number" in edge.told())
    assert edge.told().count("in force") == 1  # what was read at the start
    assert not await held("203.0.113.9")
    file.write_text(RULES.replace("limit: 5", "limit: 2").replace("times: 5", "times: 2").replace("times: 4", "times: 1"))
    await until(lambda: edge.told().count("in force") >= 2)
    await until(held)


async def test_workers_of_one_edge_count_together(missing, make_edge, rules, connect, until) -> None:
    edge = await make_edge(missing.url, workers=2, identity=TRUSTING, dynamic={"rules": rules})
    workers = {}

    async def both() -> bool:
        """A connection to each of the workers, told apart by how their request ids begin."""
        client = await connect(edge.port)
        workers.setdefault((await client.ask("/")).fields["x-request-id"][:16], client)
        return len(workers) == 2

    await until(both)
    one, other = workers.values()
    await asyncio.sleep(1.5)  # until the workers know of each other
    for turn in range(3):
        await one.ask(f"/missing/{turn}", X_Forwarded_For="203.0.113.5")
    await asyncio.sleep(1.5)  # some turns, in which what one has counted goes to the other
    for turn in range(2):
        assert (await other.ask(f"/missing/{turn}", X_Forwarded_For="203.0.113.5")).status == 404
    await until(lambda: _held(connect, edge, "203.0.113.5"))  # neither has seen five of them itself
