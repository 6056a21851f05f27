from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.cache.filling import Filling, Room
from edgeguard.gateway.answer import StoringBody
from edgeguard.message import Body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Start = Callable[..., Awaitable[Any]]


def replies(*fields: str, body: bytes = b"ok") -> Any:
    async def script(asked: Any) -> None:
        await asked.body()
        await asked.reply(body, *fields)

    return script


async def ask(client: Any, path: str = "/", *fields: str, method: str = "GET") -> Any:
    client.get(path, *fields, method=method)
    return await client.read(method)


def put_back(edge: Any, seconds: float) -> None:
    """Let everything that is stored grow older."""
    cache = edge.worker._cache
    cache.clock = Later(cache.clock, seconds)
    cache._wall = cache.clock.wall


class Later:
    def __init__(self, clock: Any, seconds: float) -> None:
        self.monotonic = clock.monotonic
        self.wall = lambda: clock.wall() + seconds


class TestHitAndMiss:
    async def test_the_second_is_answered_from_memory(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        started = await edge()
        client = await started.client()
        first, second = await ask(client), await ask(client)
        assert first["cache-status"] == "edgeguard; fwd=uri-miss; stored"
        assert second["cache-status"].startswith("edgeguard; hit; ttl=")
        assert (second.body, second["age"], len(origin.asked)) == (b"ok", "0", 1)
        lines = await started.lines("access", 2)
        assert [(line["cache"], line["tier"]) for line in lines] == [("miss", "none"), ("hit", "memory")]

    async def test_a_large_body_is_stored_on_its_way(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60", body=b"x" * 500_000)
        client = await (await edge()).client()
        assert [(await ask(client)).body for _ in range(2)] == [b"x" * 500_000] * 2
        assert len(origin.asked) == 1

    async def test_an_incomplete_body_is_never_stored(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 500000\r\n\r\n" + b"x" * 300_000)
            asked.writer.close()

        origin.script = script
        started = await edge()
        client = await started.client()
        client.get()
        await client.head()
        await client.gone()
        origin.script = replies("Cache-Control: max-age=60", body=b"whole")
        assert (await ask(await started.client())).body == b"whole"

    async def test_a_route_without_cache_and_unsafe_methods_go_through(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        started = await edge(routes=[{"name": "live", "paths": ["/live"], "cache": False}])
        client = await started.client()
        for path in ("/live", "/live"):
            assert "cache-status" not in await ask(client, path)
        assert (await ask(client, "/", method="POST"))["cache-status"] == "edgeguard; fwd=method"
        assert len(origin.asked) == 3

    async def test_an_unsafe_method_invalidates(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        client = await (await edge()).client()
        for method in ("GET", "GET", "PATCH", "GET"):
            await ask(client, method=method)
        assert [asked.method for asked in origin.asked] == ["GET", "PATCH", "GET"]

    async def test_head_is_answered_from_what_get_stored(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        client = await (await edge()).client()
        await ask(client)
        assert (await ask(client, method="HEAD"))["content-length"] == "2"
        assert len(origin.asked) == 1

    async def test_only_if_cached(self, edge: Start, origin: Any) -> None:
        client = await (await edge()).client()
        assert (await ask(client, "/", "Cache-Control: only-if-cached")).status == 504
        assert origin.asked == []

    async def test_credentials_in_the_request_keep_its_answer_private(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        client = await (await edge()).client()
        await ask(client, "/", "Authorization: Bearer x")
        await ask(client)
        assert len(origin.asked) == 2


class TestPoisoning:
    async def test_fields_that_connection_takes_off_choose_no_variant(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reply(b"for a" if "x-tenant" in asked else b"for nobody", "Cache-Control: max-age=60", "Vary: X-Tenant")

        origin.script = script
        client = await (await edge()).client()
        assert (await ask(client, "/", "X-Tenant: a", "Connection: x-tenant")).body == b"for nobody"
        assert (await ask(client, "/", "X-Tenant: a")).body == b"for a"

    @pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Accept, x-forwarded-proto"])
    async def test_what_varies_by_the_edges_own_fields_is_not_shared(self, edge: Start, origin: Any, name: str) -> None:
        origin.script = replies("Cache-Control: max-age=60", f"Vary: {name}")
        client = await (await edge()).client()
        for _ in range(2):
            assert (await ask(client))["vary"] == name
        assert len(origin.asked) == 2

    async def test_fields_that_name_another_resource_do_not_reach_it(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60")
        client = await (await edge()).client()
        await ask(client, "/", "X-Original-URL: /admin", "X-Forwarded-Host: evil.example", "X-HTTP-Method-Override: DELETE")
        asked = origin.asked[0]
        assert ("x-original-url" in asked, "x-http-method-override" in asked) == (False, False)
        assert asked["x-forwarded-host"] == "cms.example"


class TestCoalescing:
    async def test_of_a_hundred_one_fetches(self, edge: Start, origin: Any) -> None:
        go_on = asyncio.Event()

        async def script(asked: Any) -> None:
            await go_on.wait()
            await asked.reply(b"ok", "Cache-Control: max-age=60")

        origin.script = script
        started = await edge()
        clients = [await started.client() for _ in range(100)]
        for client in clients:
            client.get()
        await started.until(lambda: started.worker._cache.stats.coalesced == 99)
        go_on.set()
        answers = [await client.read() for client in clients]
        assert {(answer.status, answer.body) for answer in answers} == {(200, b"ok")}
        assert len(origin.asked) == 1
        lines = await started.lines("access", 100)
        assert sorted({line["cache"] for line in lines}) == ["coalesced", "miss"]

    async def test_followers_of_a_leader_that_goes_away_are_woken(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            if len(origin.asked) == 1:
                await asked.reader.read()
            await asked.reply(b"ok", "Cache-Control: max-age=60")

        origin.script = script
        started = await edge(cache={"coalesce_seconds": 60})
        leader, follower = await started.client(), await started.client()
        leader.get()
        await started.until(lambda: origin.asked)
        follower.get()
        await started.until(lambda: started.worker._cache.stats.coalesced == 1)
        leader.reset()
        assert (await follower.read()).body == b"ok"
        assert len(started.worker._cache.flights) == 0

    async def test_a_follower_that_goes_away_leaves_the_others(self, edge: Start, origin: Any) -> None:
        go_on = asyncio.Event()

        async def script(asked: Any) -> None:
            await go_on.wait()
            await asked.reply(b"ok", "Cache-Control: max-age=60")

        origin.script = script
        started = await edge()
        clients = [await started.client() for _ in range(3)]
        for client in clients:
            client.get()
        await started.until(lambda: started.worker._cache.stats.coalesced == 2)
        clients[1].reset()
        await started.lines("access", 1)
        go_on.set()
        assert [(await client.read()).body for client in (clients[0], clients[2])] == [b"ok", b"ok"]
        assert len(origin.asked) == 1


class TestStale:
    async def test_a_304_makes_it_fresh(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            if "if-none-match" in asked:
                await asked.send(b'HTTP/1.1 304 x\r\nETag: "a"\r\nCache-Control: max-age=60\r\n\r\n')
            else:
                await asked.reply(b"ok", 'ETag: "a"', "Cache-Control: max-age=60")

        origin.script = script
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)
        answer = await ask(client, "/", 'If-None-Match: "client"')
        assert (answer.status, answer.body) == (200, b"ok")
        assert origin.asked[1]["if-none-match"] == '"a"'
        assert (await ask(client))["cache-status"].startswith("edgeguard; hit")
        lines = await started.lines("access", 3)
        assert [line["cache"] for line in lines] == ["miss", "revalidated", "hit"]

    async def test_it_stands_in_for_an_origin_that_is_down(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60, stale-if-error=600")
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)

        async def script(asked: Any) -> None:
            asked.writer.transport.abort()

        origin.script = script
        assert (await ask(client)).body == b"ok"
        put_back(started, 10_000)
        assert (await ask(client)).status == 502
        lines = await started.lines("access", 3)
        assert [line["cache"] for line in lines][:2] == ["miss", "stale"]

    async def test_it_does_not_stand_in_for_what_rules_withhold(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60, stale-if-error=600", "Content-Type: text/plain")
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)
        origin.script = replies("Content-Type: text/plain", body=b"leakedword")
        assert (await ask(client)).status == 403

    async def test_it_is_served_while_one_fetch_refreshes_it(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60, stale-while-revalidate=600")
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)
        go_on = asyncio.Event()

        async def script(asked: Any) -> None:
            await go_on.wait()
            await asked.reply(b"new", "Cache-Control: max-age=600")

        origin.script = script
        assert [(await ask(client)).body for _ in range(3)] == [b"ok"] * 3
        assert len(origin.asked) == 2
        go_on.set()
        await started.until(lambda: not started.gateway._rooms.answerer._refreshing)
        assert (await ask(client)).body == b"new"

    async def test_a_refresh_is_inspected_too(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60, stale-while-revalidate=600", "Content-Type: text/plain")
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)
        origin.script = replies("Cache-Control: max-age=600", "Content-Type: text/plain", body=b"leakedword")
        assert (await ask(client)).body == b"ok"
        await started.until(lambda: len(origin.asked) == 2 and not started.gateway._rooms.answerer._refreshing)
        assert b"leakedword" not in (await ask(client)).body

    async def test_requests_that_keep_out_of_the_cache_start_no_refresh(self, edge: Start, origin: Any) -> None:
        origin.script = replies("Cache-Control: max-age=60, stale-while-revalidate=600")
        started = await edge()
        client = await started.client()
        await ask(client)
        put_back(started, 100)
        for _ in range(3):
            await ask(client, "/", "Cache-Control: no-store")
        assert not started.gateway._rooms.answerer._refreshing
        assert len(origin.asked) == 1


class TestStoringBody:
    async def test_it_tells_the_filling_of_the_end_and_of_being_given_up(self) -> None:
        kept: list[bytes | None] = []
        body = StoringBody(Body(b"abc"), Filling(Room(100, 100), 3, kept.append))
        assert [await body.read(), await body.read()] == [b"abc", b""]
        given_up = StoringBody(Body(b"abc"), Filling(Room(100, 100), 3, kept.append))
        given_up.abandon()
        assert kept == [b"abc", None]
