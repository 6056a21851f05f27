"""Redis frozen, killed and started again under load: no request fails or waits long, limits hold locally, and all comes back."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import asynccontextmanager

import pytest

PEOPLE = 4
LIMITS = {
    "store": "redis",
    "policies": [
        {"name": "address", "key": "address", "requests": 1_000_000, "seconds": 1},
        {"name": "trial", "key": "account", "requests": 5, "seconds": 600},
    ],
}


class Load:
    """A few clients that ask for a page that is kept, and for ever new ones; each answer with the seconds it took."""

    def __init__(self, connect, port: int) -> None:
        self._connect = connect
        self._port = port
        self.seconds: list[float] = []
        self.failures: list[str] = []

    @asynccontextmanager
    async def running(self):
        tasks = [asyncio.create_task(self._person(number)) for number in range(PEOPLE)]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def more(self, answers: int = 400) -> list[float]:
        """The seconds that each of the next answers took."""
        begin = len(self.seconds)
        async with asyncio.timeout(30):
            while len(self.seconds) < begin + answers:  # noqa: ASYNC110 - polled, so that the load itself stays bare
                await asyncio.sleep(0.01)
        return self.seconds[begin:]

    async def _person(self, number: int) -> None:
        client, turn = await self._connect(self._port), 0
        while True:
            turn += 1
            began = time.perf_counter()
            try:
                answer = await client.ask(f"/new/{number}/{turn}" if turn % 2 else "/kept")
            except (OSError, asyncio.IncompleteReadError) as error:
                self.failures.append(repr(error))
                client = await self._connect(self._port)
                continue
            self.seconds.append(time.perf_counter() - began)
            if answer.status != 200:
                self.failures.append(f"{answer.status} {answer.body!r}")
            await asyncio.sleep(0.001)


@pytest.fixture
async def edge(make_origin, make_edge, make_redis, answering, ok):
    redis = make_redis()
    origin = await make_origin(answering(lambda received: ok(received.target.encode(), "Cache-Control: max-age=600")))
    edge = await make_edge(
        origin.url,
        workers=2,
        redis={"url": f"redis://127.0.0.1:{redis.port}", "retry_seconds": 0.2},
        limits=LIMITS,
        cache={"redis": True},
        identity={"key": "a key for tests, long enough", "accounts": [{"token": "authorization"}]},
    )
    edge.redis = redis
    edge.origin = origin
    return edge


async def is_up(edge) -> bool:
    return await edge.metric("edgeguard_redis_up") == 1


async def is_down(edge) -> bool:
    return await edge.metric("edgeguard_redis_up") == 0


@pytest.mark.parametrize("how", ["frozen", "killed"])
async def test_an_outage_under_load_is_hardly_felt(how, edge, connect, until) -> None:
    await until(lambda: is_up(edge))
    async with Load(connect, edge.port).running() as load:
        await load.more()
        before = await edge.metric("edgeguard_limit_decisions_total", policy="address", store="redis")
        assert before > 0
        if how == "frozen":
            edge.redis.freeze()
        else:
            edge.redis.kill()
        during = await load.more()
        await until(lambda: is_down(edge))
        during += await load.more()
        assert statistics.median(during) < 0.1
        assert max(during) < 2.0
        assert await edge.metric("edgeguard_limit_decisions_total", policy="address", store="local") > 0
        assert await edge.metric("edgeguard_redis_changes_total", to="down") >= 1
        if how == "frozen":
            edge.redis.thaw()
        else:
            edge.redis.start()
        await until(lambda: is_up(edge))
        counted = await edge.metric("edgeguard_limit_decisions_total", policy="address", store="redis")
        assert statistics.median(await load.more()) < 0.1
        assert await edge.metric("edgeguard_limit_decisions_total", policy="address", store="redis") > counted
        assert await edge.metric("edgeguard_redis_changes_total", to="up") >= 1
    assert load.failures == []
    assert (await edge.ready())["ready"]
    told = edge.told()
    assert "Redis does not answer" in told
    assert "Redis answers" in told
    assert told.count("Redis does not answer") < 20  # told when it changes, and not for each request


async def limited(connect, port: int, token: str, times: int) -> list[int]:
    """Statuses of so many requests of one account, each on a connection of its own, so that all workers are asked."""
    statuses = []
    for _ in range(times):
        client = await connect(port)
        statuses.append((await client.ask("/echo", Authorization=f"Bearer {token}")).status)
        client.close()
    return statuses


async def test_limits_go_on_locally_and_are_shared_again(edge, connect, until) -> None:
    await until(lambda: is_up(edge))
    assert await limited(connect, edge.port, "first", 8) == [200] * 5 + [429] * 3  # one bucket for both workers
    edge.redis.kill()
    await until(lambda: is_down(edge))
    statuses = await limited(connect, edge.port, "second", 30)
    # Each of the two workers has a bucket of its own, so between one and two bucketfuls pass.
    assert set(statuses) == {200, 429}
    assert 5 <= statuses.count(200) <= 10
    edge.redis.start()
    await until(lambda: is_up(edge))
    assert (await limited(connect, edge.port, "third", 8)).count(200) == 5


@pytest.mark.parametrize(("policy", "status"), [("pass", 200), ("block", 503)])
async def test_what_a_lost_redis_means_is_a_setting(policy, status, make_origin, make_edge, make_redis, connect, until) -> None:
    redis, origin = make_redis(), await make_origin()
    url = f"redis://127.0.0.1:{redis.port}"
    edge = await make_edge(origin.url, redis={"url": url, "retry_seconds": 0.2}, limits={**LIMITS, "on_redis_failure": policy})
    client = await connect(edge.port)
    await until(lambda: is_up(edge))
    assert (await client.ask("/")).status == 200
    redis.kill()
    await until(lambda: is_down(edge))
    assert [(await client.ask("/")).status for _ in range(3)] == [status] * 3
    redis.start()
    await until(lambda: is_up(edge))
    assert (await client.ask("/")).status == 200


async def test_what_one_worker_has_kept_another_serves(edge, connect, until) -> None:
    await until(lambda: is_up(edge))
    for turn in range(20):
        client = await connect(edge.port)
        answer = await client.ask("/shared")
        assert answer.status == 200
        assert turn == 0 or "hit" in answer.fields["cache-status"]
        client.close()
    assert edge.origin.lines.count("GET /shared") == 1
    assert (await edge.reload())["reload"]["ok"]  # new workers, with nothing in memory
    assert "hit" in (await (await connect(edge.port)).ask("/shared")).fields["cache-status"]
    assert await edge.metric("edgeguard_cache_results_total", result="hit", tier="redis") >= 1


async def test_the_edge_starts_and_serves_where_there_is_no_redis(make_origin, make_edge, make_redis, connect, until) -> None:
    redis, origin = make_redis(), await make_origin()
    redis.kill()
    url = f"redis://127.0.0.1:{redis.port}"
    edge = await make_edge(origin.url, redis={"url": url, "retry_seconds": 0.2}, limits=LIMITS, cache={"redis": True})
    assert (await (await connect(edge.port)).ask("/")).status == 200
    assert await is_down(edge)
    redis.start()
    await until(lambda: is_up(edge))
