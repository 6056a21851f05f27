import pytest

from edgeguard.limits.scripts import DRAW, REFUND
from edgeguard.redislink import RedisLink, Script

pytestmark = pytest.mark.redis
MINUTE = 60_000_000


@pytest.fixture
async def link(redis):
    link = RedisLink(redis.settings(timeout_ms=1000))
    await link.start()
    yield link
    await link.close()


async def test_a_draw_takes_one_interval_and_the_key_lives_until_the_bucket_is_full(link: RedisLink) -> None:
    draw = Script(link, DRAW)
    assert await draw.call(["k"], [MINUTE, 3 * MINUTE, 0]) == [MINUTE]
    assert MINUTE < (await draw.call(["k"], [MINUTE, 3 * MINUTE, 0]))[0] <= 2 * MINUTE
    assert 115_000 < await link.call("PTTL", "k") <= 120_000
    seconds, micros = await link.call("TIME")
    full_at = int(await link.call("GET", "k"))
    assert 0 <= int(seconds) * 1_000_000 + int(micros) + 2 * MINUTE - full_at < 5_000_000


async def test_one_refusal_leaves_all_keys_as_they_were(link: RedisLink) -> None:
    draw = Script(link, DRAW)
    await draw.call(["full", "empty"], [MINUTE, 9 * MINUTE, 0, MINUTE, MINUTE, 0])
    before = await link.call("MGET", "full", "empty")
    lags = await draw.call(["full", "empty"], [MINUTE, 9 * MINUTE, 0, MINUTE, MINUTE, 0])
    assert lags[0] <= 2 * MINUTE
    assert lags[1] > MINUTE
    assert await link.call("MGET", "full", "empty") == before


async def test_an_empty_bucket_in_shadow_is_not_drawn_and_refuses_nothing(link: RedisLink) -> None:
    draw = Script(link, DRAW)
    args = [MINUTE, 9 * MINUTE, 0, MINUTE, MINUTE, 1]
    await draw.call(["real", "dark"], args)
    real, dark = await link.call("MGET", "real", "dark")
    await draw.call(["real", "dark"], args)
    assert await link.call("GET", "dark") == dark
    assert int(await link.call("GET", "real")) == int(real) + MINUTE


async def test_a_clock_set_back_empties_a_bucket_and_no_more(link: RedisLink) -> None:
    await link.call("SET", "k", 9_000_000_000_000_000)
    assert await Script(link, DRAW).call(["k"], [MINUTE, 3 * MINUTE, 0]) == [4 * MINUTE]


async def test_what_is_no_number_counts_as_full(link: RedisLink) -> None:
    await link.call("SET", "k", "poison")
    assert await Script(link, DRAW).call(["k"], [MINUTE, 3 * MINUTE, 0]) == [MINUTE]


async def test_a_refund_undoes_a_draw_exactly(link: RedisLink) -> None:
    draw, refund = Script(link, DRAW), Script(link, REFUND)
    await draw.call(["k"], [MINUTE, 3 * MINUTE, 0])
    before = await link.call("GET", "k")
    await draw.call(["k"], [MINUTE, 3 * MINUTE, 0])
    await refund.call(["k"], [MINUTE])
    assert await link.call("GET", "k") == before
    assert 55_000 < await link.call("PTTL", "k") <= 60_000
    await refund.call(["k", "absent"], [MINUTE, MINUTE])
    assert await link.call("EXISTS", "k", "absent") == 0
