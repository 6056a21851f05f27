import asyncio

import pytest

from edgeguard.redislink import RedisLink, Script, Unavailable
from edgeguard.redislink.answer import only

pytestmark = pytest.mark.redis


@pytest.fixture
async def link(redis):
    link = RedisLink(redis.settings(timeout_ms=1000))
    await link.start()
    yield link
    await link.close()


async def test_a_script_runs_with_keys_and_arguments(link: RedisLink) -> None:
    script = Script(link, "return {KEYS[1], ARGV[1], ARGV[2]}")
    assert await script.call(["k"], [b"\xff", 7]) == [b"k", b"\xff", b"7"]


async def test_a_script_that_redis_forgot_runs_exactly_once(link: RedisLink) -> None:
    script = Script(link, "return redis.call('INCR', KEYS[1])")
    for turn in range(1, 4):
        assert await script.call(["k"], []) == turn
        await link.call("SCRIPT", "FLUSH")


async def test_replies_keep_their_places_when_some_are_repeated(link: RedisLink) -> None:
    await link.call("SCRIPT", "FLUSH")
    script = Script(link, "return ARGV[1]")
    answers = await asyncio.gather(*(script.call([], [number]) for number in range(20)), link.call("ECHO", "between"))
    assert answers == [b"%d" % number for number in range(20)] + [b"between"]


async def test_several_calls_make_one_answer(link: RedisLink) -> None:
    script = Script(link, "return tonumber(ARGV[1])")
    assert await script.calls([([], [1]), ([], [2])], lambda replies: replies) == [1, 2]
    await link.call("SCRIPT", "FLUSH")
    assert await script.calls([([], [1]), ([], [2])], lambda replies: replies) == [1, 2]


async def test_a_script_that_fails_says_so_and_leaves_the_link_up(link: RedisLink) -> None:
    with pytest.raises(Unavailable, match="redis refused: ERR"):
        await Script(link, "return redis.call('INCR', 'k', 'too', 'many')").call([], [])
    with pytest.raises(Unavailable, match="redis refused: ERR"):
        await Script(link, "this is no Lua").calls([([], [])], only)
    assert link.up
