from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.cache import redistier as module
from edgeguard.cache.codec import encode
from edgeguard.cache.redistier import Found, RedisTier, proposal
from edgeguard.cache.stats import Stats
from edgeguard.cache.stored import Stored, Times
from edgeguard.config.model import Cache as Settings
from edgeguard.message import Headers
from edgeguard.redislink import RedisLink, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_700_000_000.0
KEY = b"https cms.example /items"
PLAIN = Headers()
NOTHING = Found(None, b"", ())


def stored(body: bytes = b"body", vary: tuple[bytes, ...] = (), generation: bytes = b"", seconds: float = 60) -> Stored:
    times = Times(NOW, NOW + seconds, 0.0, 0.0)
    return Stored(200, ((b"etag", b'"a"'),), body, times, shared=True, vary=vary, generation=generation or proposal())


class Shelf:
    """A tier, and stores that are waited for."""

    def __init__(self, link: Any, **settings: Any) -> None:
        self.link = link
        self.stats = Stats()
        self.tier = RedisTier(link, Settings(redis=True, **settings), "test", self.stats)
        self.held: list[bytes | None] = []

    async def put(
        self, one: Stored, *, names: tuple[bytes, ...] = (), headers: Headers = PLAIN, seen: bytes = b"", key: bytes = KEY
    ) -> bytes | None:
        """The generation under which Redis took it; None where it refused."""
        assert self.tier.put(key, names, headers, one, seen, NOW, self.held.append)
        await self.settle()
        return self.held.pop()

    async def settle(self) -> None:
        """Until Redis has answered all that was sent; its answers come in order."""
        await self.link.call("PING")
        await asyncio.sleep(0)


class Broken:
    """A link on which everything fails at once, or when its future is awaited."""

    up = True

    def __init__(self, *, late: bool) -> None:
        self.late = late

    def call(self, *command: Any) -> asyncio.Future[Any]:
        if not self.late:
            raise Unavailable("gone")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.set_exception(OSError("gone"))
        return future


@pytest.fixture
def shelf(link: RedisLink) -> Shelf:
    return Shelf(link)


def language(value: bytes) -> Headers:
    return Headers([(b"accept-language", value)])


@pytest.mark.redis
async def test_what_is_put_is_found_by_another_worker(shelf: Shelf) -> None:
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    generation = await shelf.put(stored())
    found = await Shelf(shelf.link).tier.find(KEY, PLAIN)
    assert found.stored is not None
    assert (found.stored.body, found.stored.generation, found.generation) == (b"body", generation, generation)
    assert shelf.stats.redis_stores == 1


@pytest.mark.redis
async def test_variants_are_told_apart(shelf: Shelf) -> None:
    names = (b"accept-language",)
    for tongue in (b"en", b"de"):
        await shelf.put(stored(tongue, names), names=names, headers=language(tongue))
    for tongue in (b"en", b"de"):
        found = await shelf.tier.find(KEY, language(tongue))
        assert found.stored is not None
        assert found.stored.body == tongue
    found = await shelf.tier.find(KEY, language(b"fr"))
    assert (found.stored, found.names, found.generation[:1]) == (None, names, b"S")


@pytest.mark.redis
async def test_other_names_take_the_older_variants_along(shelf: Shelf) -> None:
    await shelf.put(stored())
    await shelf.put(stored(vary=(b"accept-language",)), names=(b"accept-language",), headers=language(b"en"))
    assert (await shelf.tier.find(KEY, PLAIN)).stored is None
    assert await shelf.link.call("HLEN", shelf.tier.name(KEY)) == 3


@pytest.mark.redis
async def test_variants_of_a_url_are_bounded(link: RedisLink) -> None:
    shelf = Shelf(link, variants=4)
    names = (b"accept-language",)
    for number in range(20):
        await shelf.put(stored(vary=names), names=names, headers=language(b"x%d" % number))
        assert await link.call("HLEN", shelf.tier.name(KEY)) <= 4 + 2
    assert (await shelf.tier.find(KEY, language(b"x19"))).stored is not None


@pytest.mark.redis
async def test_keys_are_hashed_under_the_prefix_and_expire(shelf: Shelf) -> None:
    await shelf.put(stored(seconds=60))
    await shelf.put(stored(seconds=90.5), key=b"other")
    keys = await shelf.link.call("KEYS", "*")
    assert len(keys) == 2
    assert all(key.startswith(b"test:c:{") and b"items" not in key for key in keys)
    assert 55 < await shelf.link.call("TTL", shelf.tier.name(KEY)) <= 60
    assert 85 < await shelf.link.call("TTL", shelf.tier.name(b"other")) <= 90


@pytest.mark.redis
async def test_a_shorter_life_does_not_cut_that_of_another_variant(shelf: Shelf) -> None:
    names = (b"accept-language",)
    await shelf.put(stored(seconds=60), names=names, headers=language(b"en"))
    await shelf.put(stored(seconds=5), names=names, headers=language(b"de"))
    assert await shelf.link.call("TTL", shelf.tier.name(KEY)) > 50


@pytest.mark.redis
async def test_no_key_lives_longer_than_the_settings_say(link: RedisLink) -> None:
    shelf = Shelf(link, redis_seconds=10)
    await shelf.put(stored(seconds=5000))
    assert 5 < await link.call("TTL", shelf.tier.name(KEY)) <= 10


@pytest.mark.redis
async def test_an_invalidated_url_is_found_by_nobody(shelf: Shelf) -> None:
    await shelf.put(stored())
    shelf.tier.purge(KEY)
    found = await shelf.tier.find(KEY, PLAIN)
    assert (found.stored, found.generation[:1]) == (None, b"P")
    assert 0 < await shelf.link.call("TTL", shelf.tier.name(KEY)) <= module._PURGE_SECONDS


@pytest.mark.redis
async def test_what_was_fetched_before_an_invalidation_is_refused(shelf: Shelf) -> None:
    saw_nothing = b""
    saw_stored = await shelf.put(stored())
    assert saw_stored is not None
    shelf.tier.purge(KEY)
    assert await shelf.put(stored(), seen=saw_nothing) is None
    assert await shelf.put(stored(), seen=saw_stored) is None
    assert (await shelf.tier.find(KEY, PLAIN)).stored is None
    assert shelf.stats.redis_refused == 2
    saw_purge = (await shelf.tier.find(KEY, PLAIN)).generation
    assert await shelf.put(stored(), seen=saw_purge) == saw_purge
    assert (await shelf.tier.find(KEY, PLAIN)).stored is not None


@pytest.mark.redis
async def test_two_that_saw_nothing_store_under_one_generation(shelf: Shelf) -> None:
    names = (b"accept-language",)
    first = await shelf.put(stored(), names=names, headers=language(b"en"))
    assert await shelf.put(stored(), names=names, headers=language(b"de")) == first
    assert (await shelf.tier.find(KEY, language(b"en"))).stored is not None


@pytest.mark.redis
async def test_check_tells_of_an_invalidation_by_others(shelf: Shelf) -> None:
    generation = await shelf.put(stored())
    assert generation is not None
    told: list[str] = []
    shelf.tier.check(KEY, generation, lambda: told.append("known"))
    shelf.tier.check(KEY, b"", lambda: told.append("unknown"))
    await shelf.settle()
    assert told == []
    shelf.tier.purge(KEY)
    shelf.tier.check(KEY, generation, lambda: told.append("known"))
    shelf.tier.check(KEY, b"", lambda: told.append("unknown"))
    shelf.tier.check(b"gone", generation, lambda: told.append("gone"))
    shelf.tier.check(b"gone", b"", lambda: told.append("never there"))
    await shelf.settle()
    assert told == ["known", "unknown", "gone"]


@pytest.mark.redis
@pytest.mark.parametrize("value", [b"", b"junk", encode(stored())[:-1], b"\x80\x04K\x01.", bytes(100)])
async def test_a_garbled_value_is_a_miss(shelf: Shelf, value: bytes) -> None:
    await shelf.put(stored())
    await shelf.link.call("HSET", shelf.tier.name(KEY), module._field((), PLAIN), value)
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    assert shelf.stats.redis_garbled == 1


@pytest.mark.redis
async def test_garbled_names_and_another_type_are_misses(shelf: Shelf) -> None:
    await shelf.put(stored())
    await shelf.link.call("HSET", shelf.tier.name(KEY), "v", b"not a name, \xff\0")
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    await shelf.link.call("DEL", shelf.tier.name(KEY))
    await shelf.link.call("SET", shelf.tier.name(KEY), "x")
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    assert (shelf.stats.redis_garbled, shelf.stats.redis_failures) == (1, 1)
    await shelf.link.call("DEL", shelf.tier.name(KEY))
    await shelf.link.call("HSET", shelf.tier.name(KEY), "g", "S1")
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING


@pytest.mark.redis
async def test_stores_in_flight_and_their_size_are_bounded(shelf: Shelf) -> None:
    def sent(body: bytes = b"") -> bool:
        return shelf.tier.put(KEY, (), PLAIN, stored(body), b"", NOW, shelf.held.append)

    assert not sent(bytes(module.OBJECT_MOST))
    assert [sent() for _ in range(module._FLYING + 3)] == [True] * module._FLYING + [False] * 3
    assert shelf.stats.redis_skipped == 4
    await shelf.settle()
    assert (shelf.tier._flying, shelf.tier._flying_bytes) == (0, 0)
    half = module.OBJECT_MOST * 9 // 10
    assert [sent(bytes(half)) for _ in range(5)] == [True] * 4 + [False]
    await shelf.settle()


@pytest.mark.redis
async def test_what_is_over_at_once_is_not_sent(shelf: Shelf) -> None:
    assert not shelf.tier.put(KEY, (), PLAIN, stored(seconds=0.5), b"", NOW, shelf.held.append)


@pytest.mark.parametrize("late", [True, False])
async def test_any_failure_of_the_link_counts_as_nothing_there(late: bool) -> None:
    shelf = Shelf(Broken(late=late))
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    shelf.tier.put(KEY, (), PLAIN, stored(), b"", NOW, shelf.held.append)
    shelf.tier.check(KEY, b"S1", lambda: shelf.held.append(None))
    shelf.tier.purge(KEY)
    for _ in range(3):
        await asyncio.sleep(0)
    assert (shelf.stats.redis_failures, shelf.stats.purges_owed, shelf.held) == (4, 1, [])
    assert repr(shelf.tier) == "RedisTier(up, 0 flying, 1 owed)"


@pytest.mark.redis
async def test_an_invalidation_is_owed_until_redis_is_back(shelf: Shelf, redis: Any, until: Callable[..., Any]) -> None:
    await shelf.put(stored())
    outdated = await shelf.link.call("DUMP", shelf.tier.name(KEY))
    redis.kill()
    await until(lambda: not shelf.link.up)
    shelf.tier.purge(KEY)
    assert await shelf.tier.find(KEY, PLAIN) == NOTHING
    assert not shelf.tier.put(KEY, (), PLAIN, stored(), b"", NOW, shelf.held.append)
    redis.start()
    await until(lambda: shelf.link.up)
    await shelf.link.call("RESTORE", shelf.tier.name(KEY), 0, outdated)  # as a Redis that kept its data would have it
    found = await shelf.tier.find(KEY, PLAIN)
    assert (found.stored, found.generation[:1]) == (None, b"P")


def test_what_is_owed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OWED", 5)
    link = Broken(late=False)
    link.up = False
    shelf = Shelf(link)
    for number in range(8):
        shelf.tier.purge(b"%d" % number)
    assert (len(shelf.tier._owed), shelf.stats.purges_owed, shelf.stats.purges_lost) == (5, 8, 3)
