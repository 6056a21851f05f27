from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from edgeguard.cache.filling import Filling
from edgeguard.cache.lookup import Lookup
from edgeguard.cache.shared import _TRUST_SECONDS, Cache
from edgeguard.clock import ManualClock
from edgeguard.config.model import Cache as Settings
from edgeguard.message import Body, Headers, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.redislink import RedisLink

TAG = '"a"'


def change(table: Any, path: str, status: int = 200, method: str = "POST", **headers: str) -> None:
    table.cache.invalidate(table.request(path, method), table.response(status=status, **headers))


def test_an_unsafe_request_drops_what_it_changed(desk: Callable[..., Any]) -> None:
    table = desk()
    for path in ("/items", "/items?a=1", "/items/7", "/other"):
        table.store(path, cache_control="max-age=60")
    change(table, "/items", 201, location="/items/7", content_location="https://elsewhere.example/other")
    states = {path: table.ask(path).state for path in ("/items", "/items?a=1", "/items/7", "/other")}
    assert states == {"/items": "miss", "/items?a=1": "hit", "/items/7": "miss", "/other": "hit"}


@pytest.mark.parametrize(
    ("method", "status", "state"),
    [
        ("POST", 200, "miss"),
        ("PATCH", 204, "miss"),
        ("DELETE", 302, "miss"),
        ("PURGE", 200, "miss"),
        ("POST", 400, "hit"),
        ("POST", 500, "hit"),
        ("GET", 200, "hit"),
        ("HEAD", 200, "hit"),
        ("OPTIONS", 200, "hit"),
    ],
)
def test_only_unsafe_requests_that_succeed_change_anything(
    desk: Callable[..., Any], method: str, status: int, state: str
) -> None:
    table = desk()
    table.store("/a", cache_control="max-age=60")
    change(table, "/a", status, method)
    assert table.ask("/a").state == state


def test_an_answer_fetched_before_a_change_is_not_stored_after_it(desk: Callable[..., Any]) -> None:
    table = desk()
    request, found = table.request("/a"), table.ask("/a")
    filling = found.on_response(request, table.response(cache_control="max-age=60"))
    change(table, "/a")
    filling.write(b"body")
    filling.finish()
    assert (table.ask("/a").state, table.cache.stats.abandoned) == ("miss", 1)
    assert table.store("/a", cache_control="max-age=60")


def test_a_304_fetched_before_a_change_refreshes_nothing(desk: Callable[..., Any], clock: ManualClock) -> None:
    table = desk()
    table.store("/a", cache_control="max-age=60", etag=TAG)
    clock.advance(60)
    found = table.ask("/a")
    found.conditions()
    change(table, "/a")
    answer = found.on_response(table.request("/a"), table.response(b"", 304, cache_control="max-age=60"))
    assert answer.status == 200
    assert table.ask("/a").state == "miss"


class Origin:
    """Answers each fetch once it is let go, and counts them."""

    def __init__(self, table: Any, **headers: str) -> None:
        self.table = table
        self.headers = headers
        self.fetches = 0
        self.open = asyncio.Event()

    async def exchange(self, path: str = "/", **headers: str) -> bytes:
        """What a gateway does for one request; the body that the client gets."""
        table, request = self.table, self.table.request(path, **headers)
        for _ in range(2):
            found = table.cache.lookup(request)
            if not isinstance(found, Lookup):
                found = await found
            if found.serves:
                return bytes(found.respond(request).body.whole)
            flight = table.cache.join(found)
            if flight.leader or not await flight.wait():
                break
        try:
            self.fetches += 1
            body = b"fetch %d" % self.fetches
            await self.open.wait()
            filling = found.on_response(request, table.response(body, **self.headers))
            if isinstance(filling, Filling):
                filling.write(body)
                filling.finish()
            return body
        finally:
            flight.land(stored=False)


async def herd(origin: Origin, count: int, **headers: str) -> list[asyncio.Task[bytes]]:
    tasks = [asyncio.create_task(origin.exchange(**headers)) for _ in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_a_hundred_at_once_make_one_fetch(desk: Callable[..., Any]) -> None:
    origin = Origin(desk(), cache_control="max-age=60")
    tasks = await herd(origin, 100)
    assert origin.fetches == 1
    origin.open.set()
    assert set(await asyncio.gather(*tasks)) == {b"fetch 1"}
    assert (origin.fetches, origin.table.cache.stats.coalesced) == (1, 99)


async def test_a_cancelled_leader_is_followed_by_all_who_waited_at_once(desk: Callable[..., Any]) -> None:
    origin = Origin(desk(), cache_control="max-age=60")
    tasks = await herd(origin, 10)
    tasks[0].cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert origin.fetches == 10
    origin.open.set()
    assert len(set(await asyncio.gather(*tasks[1:]))) == 9


async def test_private_answers_are_waited_for_once_and_then_fetched_together(desk: Callable[..., Any]) -> None:
    origin = Origin(desk(), cache_control="private")
    tasks = await herd(origin, 10)
    assert origin.fetches == 1
    origin.open.set()
    assert len(set(await asyncio.gather(*tasks))) == 10
    origin.open.clear()
    tasks = await herd(origin, 10)
    assert origin.fetches == 20  # now it is known
    origin.open.set()
    await asyncio.gather(*tasks)


async def test_each_variant_is_fetched_once(desk: Callable[..., Any]) -> None:
    origin = Origin(desk(), cache_control="max-age=60", vary="accept-language")
    tasks = [task for tongue in ("en", "de", "fr") for task in await herd(origin, 10, accept_language=tongue)]
    origin.open.set()
    assert len(set(await asyncio.gather(*tasks))) == 3
    assert origin.fetches == 3


@pytest.fixture
def workers(desk: Callable[..., Any], link: RedisLink) -> tuple[Any, Any]:
    """Two workers that share a Redis, but no memory."""
    return desk(link), desk(link)


async def settle(table: Any) -> None:
    """Until Redis has answered all that was sent; its answers come in order."""
    await table.cache.redis._link.call("PING")
    await asyncio.sleep(0)


@pytest.mark.redis
async def test_what_one_worker_stored_another_finds_and_keeps(workers: tuple[Any, Any]) -> None:
    one, other = workers
    assert await one.seek_and_store("/a", cache_control="max-age=60")
    assert one.ask("/a").tier == "memory"
    found = await other.seek("/a")
    assert (found.state, found.tier, found.status()) == ("hit", "redis", b"edgeguard; hit; ttl=60; detail=redis")
    assert found.respond(other.request("/a")).body.whole == b"body"
    assert other.ask("/a").tier == "memory"
    assert (other.cache.stats.hits_redis, other.cache.stats.hits_memory, other.cache.stats.misses) == (1, 1, 0)


@pytest.mark.redis
async def test_a_change_at_one_worker_reaches_the_memory_of_the_others(workers: tuple[Any, Any], clock: ManualClock) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60")
    await other.seek("/a")
    change(one, "/a")
    await settle(one)
    clock.advance(_TRUST_SECONDS + 0.1)
    assert other.ask("/a").state == "hit"  # the last one; Redis is asked on the side
    await settle(other)
    assert (await other.seek("/a")).state == "miss"
    assert await other.seek_and_store("/a", b"new", cache_control="max-age=60")
    assert (await one.seek("/a")).stored.body == b"new"
    clock.advance(_TRUST_SECONDS + 0.1)
    assert one.ask("/a").state == "hit"
    await settle(one)
    assert one.ask("/a").state == "hit"


@pytest.mark.redis
async def test_memory_is_believed_only_for_a_moment_but_asked_about_only_once(
    workers: tuple[Any, Any], clock: ManualClock
) -> None:
    one, _ = workers
    await one.seek_and_store("/a", cache_control="max-age=60")
    await settle(one)
    before = (await one.cache.redis._link.call("INFO", "commandstats")).count(b"cmdstat_hget:")
    clock.advance(_TRUST_SECONDS + 0.1)
    for _ in range(50):
        assert one.ask("/a").state == "hit"
    await settle(one)
    stats = await one.cache.redis._link.call("INFO", "commandstats")
    calls = int(stats.partition(b"cmdstat_hget:calls=")[2].partition(b",")[0])
    assert before == 1  # the store's script
    assert calls <= 3  # two in that script, one to check


@pytest.mark.redis
async def test_an_answer_fetched_before_another_workers_change_does_not_stay(workers: tuple[Any, Any]) -> None:
    one, other = workers
    request = one.request("/a")
    found = await one.seek("/a")
    change(other, "/a")
    await settle(other)
    assert one.fill(found, request, one.response(cache_control="max-age=60"))
    await settle(one)
    assert one.cache.stats.redis_refused == 1
    assert (await one.seek("/a")).state == "miss"
    assert (await other.seek("/a")).state == "miss"


@pytest.mark.redis
async def test_two_that_fetched_at_once_agree_on_a_generation(workers: tuple[Any, Any], clock: ManualClock) -> None:
    one, other = workers
    first, second = await one.seek("/a"), await other.seek("/a")
    for table, found in ((one, first), (other, second)):
        table.fill(found, table.request("/a"), table.response(cache_control="max-age=60"))
        await settle(table)
    clock.advance(_TRUST_SECONDS + 0.1)
    for table in workers:
        assert table.ask("/a").state == "hit"
        await settle(table)
        assert table.ask("/a").state == "hit"


@pytest.mark.redis
async def test_a_stale_answer_is_replaced_by_what_another_worker_refreshed(workers: tuple[Any, Any], clock: ManualClock) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60", etag=TAG)
    await other.seek("/a")
    clock.advance(60)
    found = await one.seek("/a")
    assert found.state == "stale"
    found.conditions()
    found.on_response(one.request("/a"), one.response(b"", 304, cache_control="max-age=60"))
    found = await other.seek("/a")
    assert (found.state, found.tier) == ("hit", "redis")


@pytest.mark.redis
async def test_a_stale_answer_whose_url_was_changed_elsewhere_is_not_used(workers: tuple[Any, Any], clock: ManualClock) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60, stale-if-error=600", etag=TAG)
    await other.seek("/a")
    change(one, "/a")
    await settle(one)
    clock.advance(60)
    found = await other.seek("/a")
    assert (found.state, found.on_error(other.request("/a"))) == ("miss", None)
    assert len(other.cache.memory) == 0


@pytest.mark.redis
async def test_a_stale_answer_that_is_served_is_checked_on_the_side(workers: tuple[Any, Any], clock: ManualClock) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60, stale-while-revalidate=600", etag=TAG)
    await other.seek("/a")
    change(one, "/a")
    await settle(one)
    clock.advance(70)
    assert other.ask("/a").state == "stale-ok"
    await settle(other)
    assert len(other.cache.memory) == 0


@pytest.mark.redis
async def test_credentials_do_not_cross_the_redis_tier(workers: tuple[Any, Any]) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60")
    assert (await other.seek("/a", cookie="a=b")).state == "miss"
    assert (await other.seek("/a")).state == "hit"


@pytest.mark.redis
async def test_a_hundred_at_once_make_one_fetch_with_redis_too(desk: Callable[..., Any], link: RedisLink) -> None:
    origin = Origin(desk(link), cache_control="max-age=60")
    tasks = [asyncio.create_task(origin.exchange()) for _ in range(100)]
    origin.open.set()
    assert set(await asyncio.gather(*tasks)) == {b"fetch 1"}


@pytest.mark.redis
async def test_without_redis_memory_goes_on(workers: tuple[Any, Any], redis: Any, until: Callable[..., Any]) -> None:
    one, other = workers
    await one.seek_and_store("/a", cache_control="max-age=60")
    redis.kill()
    assert (await other.seek("/a")).state == "miss"  # whether the connection still looks alive or not
    assert one.ask("/a").state == "hit"
    await until(lambda: not one.cache.redis.up)
    assert one.ask("/b").state == "miss"  # and without waiting
    assert one.store("/b", cache_control="max-age=60")
    assert one.ask("/b").state == "hit"
    change(one, "/b")
    assert one.ask("/b").state == "miss"
    assert one.cache.stats.purges_owed > 0
    redis.start()
    await until(lambda: one.cache.redis.up)
    assert await one.seek_and_store("/c", cache_control="max-age=60")
    assert (await other.seek("/c")).tier == "redis"


@dataclass
class Kept:
    """One response as the reference remembers it: what was said, nothing computed."""

    body: bytes
    at: float
    age: int
    max_age: int
    revalidate: int
    error: int
    tag: bool
    public: bool


class AgainstReference(RuleBasedStateMachine):
    """The cache and a reference that keeps everything and computes each answer anew from what was said."""

    paths = st.sampled_from(["/plain", "/tongue"])
    tongues = st.sampled_from(["en", "de"])

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.cache = Cache(Settings(stale_if_error=0, memory=1_000_000), self.clock)
        self.kept: dict[tuple[str, str], Kept] = {}
        self.fetches = 0

    def request(self, path: str, tongue: str, *, known: bool) -> Request:
        fields = [(b"accept-language", tongue.encode())] + ([(b"cookie", b"a=b")] if known else [])
        return Request(b"GET", path.encode(), path.encode(), None, b"https", b"cms.example", Headers(fields))

    def place(self, path: str, tongue: str) -> tuple[str, str]:
        return path, tongue if path == "/tongue" else ""

    def expected(self, kept: Kept | None, *, known: bool) -> str:
        if kept is None or (known and not kept.public):
            return "miss"
        age = kept.age + self.clock.wall() - kept.at
        stale_for = age - kept.max_age
        if age < kept.max_age:
            return "hit"
        if stale_for < kept.revalidate:
            return "stale-ok"
        return "stale" if kept.tag or stale_for < kept.error else "miss"

    @rule(path=paths, tongue=tongues, known=st.booleans())
    def ask(self, path: str, tongue: str, known: bool) -> None:  # a rule's arguments come by name
        found = self.cache.lookup(request := self.request(path, tongue, known=known))
        assert isinstance(found, Lookup)
        kept = self.kept.get(self.place(path, tongue))
        assert found.state == self.expected(kept, known=known)
        if found.serves:
            assert kept is not None
            response = found.respond(request)
            assert response.body.whole == kept.body
            assert response.headers.get(b"age") == b"%d" % (kept.age + self.clock.wall() - kept.at)

    @rule(
        path=paths,
        tongue=tongues,
        known=st.booleans(),
        public=st.booleans(),
        tag=st.booleans(),
        age=st.integers(0, 20),
        max_age=st.integers(0, 30),
        revalidate=st.integers(0, 20),
        error=st.integers(0, 20),
        ending=st.sampled_from(["finish", "drop", "change"]),
    )
    def fetch(self, path: str, tongue: str, known: bool, public: bool, tag: bool, age: int, ending: str, **said: int) -> None:
        request = self.request(path, tongue, known=known)
        found = self.cache.lookup(request)
        assert isinstance(found, Lookup)
        if found.state == "hit":
            return
        self.fetches += 1
        body = b"%d" % self.fetches
        control = b"max-age=%(max_age)d, stale-while-revalidate=%(revalidate)d, stale-if-error=%(error)d" % {
            name.encode(): number for name, number in said.items()
        }
        fields = [(b"cache-control", control + (b", public" if public else b"")), (b"age", b"%d" % age)]
        fields += [(b"etag", b'"%b"' % body)] if tag else []
        fields += [(b"vary", b"accept-language")] if path == "/tongue" else []
        filling = found.on_response(request, Response(200, Headers(fields), Body(None, len(body))))
        worth = (any(said.values()) or tag) and (public or not known)
        assert isinstance(filling, Filling) is worth
        if not isinstance(filling, Filling):
            # What may not be stored tells that the stored one, if it was used, no longer holds.
            if found.stored is not None:
                self.kept.pop(self.place(path, tongue), None)
            return
        filling.write(body)
        if ending == "finish":
            filling.finish()
            self.kept[self.place(path, tongue)] = Kept(body, self.clock.wall(), age, tag=tag, public=public, **said)
        elif ending == "drop":
            filling.drop()
        else:
            self.change(path)
            filling.finish()

    @rule(path=paths)
    def change(self, path: str) -> None:
        request = Request(b"PATCH", path.encode(), path.encode(), None, b"https", b"cms.example", Headers())
        self.cache.invalidate(request, Response(200, Headers()))
        self.kept = {place: kept for place, kept in self.kept.items() if place[0] != path}

    @rule(path=paths, tongue=tongues, max_age=st.integers(1, 30))
    def confirm(self, path: str, tongue: str, max_age: int) -> None:
        request = self.request(path, tongue, known=False)
        found = self.cache.lookup(request)
        assert isinstance(found, Lookup)
        kept = self.kept.get(self.place(path, tongue))
        if not found.conditions() or kept is None:
            return
        answer = found.on_response(request, Response(304, Headers([(b"cache-control", b"max-age=%d" % max_age), (b"age", b"0")])))
        assert isinstance(answer, Response)
        assert answer.body.whole == kept.body
        fresh = Kept(kept.body, self.clock.wall(), 0, max_age, 0, 0, kept.tag, public=False)
        self.kept[self.place(path, tongue)] = fresh

    @rule(seconds=st.integers(1, 25))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @precondition(lambda self: self.kept)
    @rule(status=st.sampled_from([400, 404, 500]))
    def fail_to_change(self, status: int) -> None:
        path = next(iter(self.kept))[0]
        request = Request(b"DELETE", path.encode(), path.encode(), None, b"https", b"cms.example", Headers())
        self.cache.invalidate(request, Response(status, Headers()))

    @invariant()
    def bounded(self) -> None:
        assert self.cache.memory.used <= 1_000_000
        assert self.cache.room.taken == 0


AgainstReference.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestAgainstReference = AgainstReference.TestCase


def test_the_bound_in_bytes_always_holds(desk: Callable[..., Any]) -> None:
    table = desk(memory=200_000, object=50_000)
    for number in range(600):
        table.store(f"/{number % 150}", bytes(number * 977 % 60_000), cache_control="max-age=60", etag=f'"{number}"')
        assert table.cache.memory.used <= 200_000
        assert table.cache.room.taken == 0
    assert table.cache.stats.evictions > 100


def test_repr_tells_the_state(desk: Callable[..., Any]) -> None:
    table = desk()
    table.store(cache_control="max-age=60")
    assert repr(table.cache).startswith("Cache(MemoryTier(1 entries of 1 URLs")
