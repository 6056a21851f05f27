import asyncio
import time

import pytest

from edgeguard.redislink import RedisLink, Unavailable

pytestmark = pytest.mark.redis


class Told(list):
    """What a link said about itself, and a way to wait for it."""

    def __call__(self, up: bool, why: str) -> None:
        self.append((up, why))
        self.news.set()

    def __init__(self) -> None:
        self.news = asyncio.Event()

    async def wait(self, up: bool) -> None:
        async with asyncio.timeout(20):
            while not self or self[-1][0] is not up:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def told():
    return Told()


@pytest.fixture
async def link(redis, told):
    """Times out late, so that a busy machine decides no test."""
    link = RedisLink(redis.settings(timeout_ms=500), told)
    await link.start()
    yield link
    await link.close()


async def test_replies_are_those_of_redis(link: RedisLink, told: Told) -> None:
    assert await link.call("SET", "k", 1) == b"OK"
    assert await link.call("INCRBY", b"k", 41) == 42
    assert await link.call("MGET", "k", "none") == [b"42", None]
    assert (told, link.up, link.changes) == ([(True, "connected")], True, 1)


async def test_calls_of_one_turn_are_answered_in_order(link: RedisLink) -> None:
    answers = await asyncio.gather(*(link.call("ECHO", number) for number in range(2000)))
    assert answers == [b"%d" % number for number in range(2000)]


async def test_an_error_reply_concerns_its_call_alone(link: RedisLink, told: Told) -> None:
    await link.call("SET", "k", "text")
    wrong, right = link.call("LPUSH", "k", 1), link.call("GET", "k")
    with pytest.raises(Unavailable, match="redis refused: WRONGTYPE"):
        await wrong
    assert await right == b"text"
    assert link.up


async def test_calls_that_wait_are_bounded(redis) -> None:
    link = RedisLink(redis.settings(timeout_ms=1000), waiting=10)
    await link.start()
    futures = [link.call("PING") for _ in range(12)]
    assert [future.done() for future in futures] == [False] * 10 + [True] * 2
    with pytest.raises(Unavailable, match="too much waits"):
        await futures[-1]
    assert await asyncio.gather(*futures[:10]) == [b"PONG"] * 10
    assert link.up
    assert await link.call("PING") == b"PONG"
    await link.close()


async def test_a_frozen_redis_is_waited_for_once_and_five_milliseconds(redis, told: Told) -> None:
    link = RedisLink(redis.settings(), told)
    await link.start()
    await told.wait(up=True)
    redis.freeze()
    begin = time.monotonic()
    futures = [link.call("PING") for _ in range(100)]
    answers = await asyncio.gather(*futures, return_exceptions=True)
    took = time.monotonic() - begin
    assert 0.003 < took < 0.1  # the upper bound is the machine's, not the link's
    assert {str(answer) for answer in answers} == {"no answer in 5 ms"}
    assert not link.up
    refused = link.call("PING")
    assert refused.done()
    with pytest.raises(Unavailable):
        await refused
    redis.thaw()
    await told.wait(up=True)
    await link.close()
    assert [up for up, _ in told] == [up for turn in range(len(told)) for up in [turn % 2 == 0]]


async def test_late_replies_meet_no_other_question(redis, told: Told) -> None:
    link = RedisLink(redis.settings(timeout_ms=100), told)
    await link.start()
    for number in range(5):
        redis.freeze()
        late = [link.call("ECHO", f"late-{number}-{index}") for index in range(10)]
        await told.wait(up=False)
        assert all(isinstance(future.exception(), Unavailable) for future in late)
        redis.thaw()
        await told.wait(up=True)
        answers = await asyncio.gather(*(link.call("ECHO", f"new-{number}-{index}") for index in range(10)))
        assert answers == [b"new-%d-%d" % (number, index) for index in range(10)]
    await link.close()


async def test_cancelled_calls_do_not_disturb_others(link: RedisLink) -> None:
    for turn in range(20):
        futures = [link.call("ECHO", number) for number in range(20)]
        for future in futures[turn % 3 :: 3]:
            future.cancel()
        answers = await asyncio.gather(*futures, return_exceptions=True)
        for number, answer in enumerate(answers):
            assert isinstance(answer, asyncio.CancelledError) if number % 3 == turn % 3 else answer == b"%d" % number


@pytest.mark.parametrize("sent", [False, True])
async def test_a_loop_that_was_busy_elsewhere_does_not_blame_redis(link: RedisLink, sent: bool) -> None:
    for _ in range(2):
        answer = link.call("PING")
        if sent:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        time.sleep(0.6)  # noqa: ASYNC251 - this is the test
        assert await answer == b"PONG"
    assert link.changes == 1


async def test_who_asks_again_on_being_told_of_a_loss_is_told_again(redis, link: RedisLink, told: Told) -> None:
    redis.freeze()
    again = []
    link.ask([("PING",)], lambda _: again.append(link.call("PING")))
    redis.kill()
    await told.wait(up=False)
    assert isinstance(again[0].exception(), Unavailable)


async def test_a_frozen_redis_is_found_out_by_a_busy_loop_too(redis, told: Told) -> None:
    link = RedisLink(redis.settings(), told)
    await link.start()
    redis.freeze()
    answer = link.call("PING")
    rounds = 0
    while not answer.done():
        time.sleep(0.01)  # noqa: ASYNC251 - this is the test
        await asyncio.sleep(0)
        rounds += 1
    assert isinstance(answer.exception(), Unavailable)
    assert rounds < 20
    await link.close()


async def test_killed_and_restarted_it_goes_down_once_and_comes_back(redis, link: RedisLink, told: Told) -> None:
    redis.kill()
    await told.wait(up=False)
    assert [isinstance(link.call("PING").exception(), Unavailable) for _ in range(100)] == [True] * 100
    await asyncio.sleep(0.3)  # some attempts fail, which nobody is told
    assert len(told) == 2
    await asyncio.to_thread(redis.start)
    await told.wait(up=True)
    assert await link.call("PING") == b"PONG"
    assert link.changes == len(told) == 3


async def test_it_comes_up_when_redis_starts_later(redis, told: Told) -> None:
    redis.kill()
    link = RedisLink(redis.settings(timeout_ms=500), told)
    await link.start()
    assert not link.up
    await asyncio.to_thread(redis.start)
    await told.wait(up=True)
    assert await link.call("PING") == b"PONG"
    await link.close()


async def test_before_the_start_and_after_the_end_nothing_is_available(redis) -> None:
    link = RedisLink(redis.settings(timeout_ms=500))
    with pytest.raises(Unavailable, match="not started"):
        await link.call("PING")
    await link.start()
    waiting = link.call("PING")
    await link.close()
    for future in (waiting, link.call("PING")):
        with pytest.raises(Unavailable, match="closed"):
            await future
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await link.close()


async def test_closing_while_down_leaves_no_task(redis, told: Told) -> None:
    link = RedisLink(redis.settings(timeout_ms=500), told)
    await link.start()
    redis.freeze()
    link.call("PING")
    await told.wait(up=False)
    await asyncio.sleep(0.1)  # an attempt to connect hangs by now
    await link.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not link._open_sockets


async def test_bookkeeping_stays_small(link: RedisLink) -> None:
    for _ in range(50):
        await asyncio.gather(*(link.call("PING") for _ in range(100)))
    await asyncio.sleep(0.6)
    assert not link._deadlines
    assert link._timer is None
    assert len(link._open_sockets) == 1
