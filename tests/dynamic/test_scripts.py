"""The scripts in the real Redis, one by one; `test_shared` drives them as edges do."""

from __future__ import annotations

import pytest

from edgeguard.dynamic.scripts import COUNT, DISTINCT, NEWS, RESET, TELL
from edgeguard.redislink import RedisLink, Script

pytestmark = pytest.mark.redis
KEYS = ["{s}:all", "{s}:order", "{s}:last"]


@pytest.fixture
async def link(redis):
    link = RedisLink(redis.settings(timeout_ms=1000))
    await link.start()
    yield link
    await link.close()


async def test_the_later_word_holds_and_news_are_told_once(link) -> None:
    tell, news = Script(link, TELL), Script(link, NEWS)
    assert await tell.call(KEYS, ("a", "10.5", "one", 100)) == 1
    assert await tell.call(KEYS, ("a", "10.5", "one", 100)) == 0
    assert await tell.call(KEYS, ("a", "9.0", "old", 100)) == 0
    assert await tell.call(KEYS, ("b", "1.0", "two", 100)) == 2
    assert await news.call(KEYS, (0, 100)) == [2, b"1", b"one", b"2", b"two"]
    assert await news.call(KEYS, (2, 100)) == [2]
    assert await tell.call(KEYS, ("a", "11.0", "new", 100)) == 3
    assert await news.call(KEYS, (2, 100)) == [3, b"3", b"new"]
    assert await news.call(KEYS, (99, 100)) == [3, b"2", b"two", b"3", b"new"]  # Redis has begun anew: everything


async def test_there_is_room_for_so_many(link) -> None:
    tell, news = Script(link, TELL), Script(link, NEWS)
    for number in range(30):
        await tell.call(KEYS, (f"n{number}", "1.0", f"j{number}", 10))
    assert await link.call("HLEN", KEYS[0]) == 10
    assert (await news.call(KEYS, (0, 100)))[2::2] == [b"j%d" % number for number in range(20, 30)]


async def test_counts_of_several_keys(link) -> None:
    count = Script(link, COUNT)
    assert await count.call(["{r}"], (60_000, 8, 100, "a", 2, "b", 5)) == [2, 5]
    assert await count.call(["{r}"], (60_000, 8, 100, "a", 1)) == [3]


async def test_a_count_slides(link) -> None:
    count = Script(link, COUNT)
    await count.call(["{r}"], (1, 8, 100, "a", 2))  # a slot of a millisecond
    await link.call("PING")
    for _ in range(50):
        await link.call("PING")
    total = (await count.call(["{r}"], (1, 8, 100, "a", 1)))[0]
    assert total in (1, 3)


async def test_a_full_slot_counts_those_it_knows(link) -> None:
    count = Script(link, COUNT)
    await count.call(["{r}"], (60_000, 8, 2, "a", 1, "b", 1))
    assert await count.call(["{r}"], (60_000, 8, 2, "c", 1, "a", 1)) == [0, 2]


async def test_a_thing_counts_once(link) -> None:
    distinct = Script(link, DISTINCT)
    assert await distinct.call(["{r}"], (60_000, 4, 100, "a", "x", "a", "y", "a", "x", "b", "x")) == [1, 2, 2, 1]
    assert await distinct.call(["{r}"], (60_000, 4, 100, "a", "z")) == [3]


async def test_a_thing_seen_again_moves_to_the_newest_slot(link) -> None:
    distinct = Script(link, DISTINCT)
    width = 60_000
    await distinct.call(["{r}"], (width, 4, 100, "a", "x"))
    (key,) = await link.call("KEYS", "*")
    older = b"{r}:%d" % (int(key.rpartition(b":")[2]) - 1)
    await link.call("RENAME", key, older)
    assert await distinct.call(["{r}"], (width, 4, 100, "a", "x")) == [1]
    assert await link.call("HGET", older, "a") == b"0"


async def test_a_key_counts_from_nothing(link) -> None:
    count = Script(link, COUNT)
    await count.call(["{r}"], (60_000, 8, 100, "a", 5, "b", 5))
    await Script(link, RESET).call(["{r}"], (60_000, 8, "a"))
    assert await count.call(["{r}"], (60_000, 8, 100, "a", 1, "b", 1)) == [1, 6]
