"""Two edges and one Redis, the real one; nothing of an edge but what shares."""

from __future__ import annotations

import pytest

from edgeguard.dynamic.desk import Desk
from edgeguard.dynamic.engine import Dynamic
from edgeguard.dynamic.model import Event, Subject
from edgeguard.dynamic.shared import Exchange, Shared
from edgeguard.message import Client
from edgeguard.redislink import RedisLink

pytestmark = pytest.mark.redis
NOW = 1_700_000_000.0


def client(address: str) -> Client:
    return Client(address, address)


@pytest.fixture
async def edges(redis, naming):
    """`edges(rule, …)` gives two (engine, shared, link)."""
    links = []

    async def make(*rules):
        made = []
        for _ in range(2):
            link = RedisLink(redis.settings(timeout_ms=1000))
            await link.start()
            assert link.up
            links.append(link)
            engine = Dynamic(rules, naming)
            shared = Shared(link, engine, Desk(engine, None), lambda: NOW)
            engine.tallies = (shared,)
            made.append((engine, shared, link))
        return made

    yield make
    for link in links:
        await link.close()


def happen(engine, times, **event):
    for number in range(times):
        engine.observe(Event(**{"address": "203.0.113.5", "path": f"/{number}", **event}), NOW)


async def test_what_one_edge_begins_holds_at_the_other(edges, sanction) -> None:
    (_, one, _), (other, two, _) = await edges()
    one.send(sanction(until=NOW + 60, keep=NOW + 90))
    await one.turn()
    await two.turn()
    assert other.decision(client("203.0.113.5"), NOW) is not None
    lifted = sanction(until=100.0, keep=NOW + 90, changed=200.0)
    two.send(lifted)
    await two.turn()
    one.send(sanction(until=NOW + 60, keep=NOW + 90))  # an older word, told late
    await one.turn()
    await two.turn()
    assert other.decision(client("203.0.113.5"), NOW) is None


async def test_counts_are_added_up(edges, rule) -> None:
    (one, first, _), (other, second, _) = await edges(rule("limit: 6", "window: 60s"))
    begun = []
    second.on_begun = lambda sanctions, _: begun.extend(sanctions)
    happen(one, 4)
    happen(other, 3)
    happen(other, 1, address="203.0.113.6")
    await first.turn()
    assert begun == []
    await second.turn()
    assert [one.subject for one in begun] == [Subject("address", "203.0.113.5")]
    assert other.decision(client("203.0.113.5"), NOW) is not None
    assert other.decision(client("203.0.113.6"), NOW) is None


async def test_different_things_are_told_apart_over_edges(edges, rule) -> None:
    (one, first, _), (other, second, _) = await edges(rule("count: {distinct: path}", "limit: 6", "window: 60s"))
    begun = []
    first.on_begun = second.on_begun = lambda sanctions, _: begun.extend(sanctions)
    for _ in range(3):  # the same three at both
        happen(one, 3)
        happen(other, 3)
        await first.turn()
        await second.turn()
    assert begun == []
    for engine, path in ((other, "/new-1"), (other, "/new-2"), (one, "/new-3")):
        engine.observe(Event("203.0.113.5", path=path), NOW)
    await second.turn()
    assert begun == []
    await first.turn()
    assert len(begun) == 1


async def test_keys_in_redis_tell_nothing_of_secrets_and_end(edges, rule) -> None:
    (one, first, link), _ = await edges(rule("key: [address, path]", "limit: 6", "window: 60s"))
    happen(one, 2)
    await first.turn()
    keys = await link.call("KEYS", "eg:d:*")
    assert len(keys) == 1
    fields = await link.call("HKEYS", keys[0])
    assert all(len(field) == 16 and b"203" not in field for field in fields)
    assert 0 < await link.call("PTTL", keys[0]) <= 120_000


async def test_redis_that_comes_back_empty_is_told_everything(edges, sanction) -> None:
    (engine, one, link), (other, two, _second) = await edges()
    engine.learn(sanction(until=NOW + 60, keep=NOW + 90), NOW)
    await one.turn()
    await link.call("FLUSHALL")
    link.changes += 1  # as after a loss of the connection
    await one.turn()
    await two.turn()
    assert other.decision(client("203.0.113.5"), NOW) is not None


async def test_more_than_one_answer_holds(edges, sanction) -> None:
    (_, one, link), _ = await edges()
    for number in range(1234):
        one.send(sanction(f"10.0.{number >> 8}.{number & 255}", until=NOW + 60, keep=NOW + 90))
    await one.turn()
    exchange = Exchange(link)
    assert len(await exchange.news() or ()) == 1234
    assert await exchange.news() == []


async def test_without_redis_nothing_piles_up(edges, rule, sanction) -> None:
    (engine, one, link), _ = await edges(rule("limit: 600", "window: 60s"))
    await link.close()
    happen(engine, 500)
    one.send(sanction())
    await one.turn()
    assert one._pending == {}
    assert one._owed == []
    assert await Exchange(link).news() is None
    assert not await Exchange(link).tell([sanction()])


async def test_when_one_edge_has_acted_counting_begins_anew(edges, rule) -> None:
    (one, first, _), (other, second, _) = await edges(rule("limit: 4", "window: 1h"))
    begun = []
    first.on_begun = second.on_begun = lambda sanctions, _: begun.extend(sanctions)
    happen(one, 2)
    happen(other, 2)
    await first.turn()
    await second.turn()
    assert len(begun) == 1
    await second.turn()  # tells that it has acted
    one.register.sweep(NOW + 1e9)
    happen(one, 1)
    await first.turn()
    assert len(begun) == 1
