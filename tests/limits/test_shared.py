import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edgeguard.clock import ManualClock, SystemClock
from edgeguard.config.model import Limits, Policy
from edgeguard.limits import Decision
from edgeguard.limits.memory import MemoryLimiter
from edgeguard.limits.scripts import DRAW, REFUND
from edgeguard.limits.shared import SharedLimiter
from edgeguard.redislink import RedisLink, Script

pytestmark = pytest.mark.redis

SLOW = [  # a token in some minutes: what passes while a test runs does not count
    Policy(name="account", key="account", requests=4, seconds=4000, accounts={"big": 8}),
    Policy(name="address", key="address", requests=6, seconds=6000),
    Policy(name="upload", key="route", requests=3, seconds=3000),
    Policy(name="dark", key="account", requests=2, seconds=2000, shadow=True),
]
# Each key as if so many microseconds had passed.
AGE = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  redis.call('SET', key, string.format('%.0f', redis.call('GET', key) - ARGV[1]), 'KEEPTTL')
end
"""


@asynccontextmanager
async def shared(server, *, policies=SLOW, failure="local", timeout_ms=1000.0, key=None) -> AsyncIterator[SharedLimiter]:
    """A limiter on a link of its own; times out late, so that a busy machine decides no test."""
    link = RedisLink(server.settings(timeout_ms=timeout_ms))
    await link.start()
    try:
        yield SharedLimiter(Limits(policies=policies, store="redis", on_redis_failure=failure), SystemClock(), link, key)
    finally:
        await link.close()


async def ask(limiter: SharedLimiter, account: str | None = "acme", address: str = "192.0.2.1", *names: str) -> Decision:
    answer = limiter.decide(account, address, "pages", names or None)
    return answer if isinstance(answer, Decision) else await answer


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.005)


async def test_edges_share_buckets(redis) -> None:
    async with shared(redis) as one, shared(redis) as other:
        answers = [await ask(one if turn % 2 else other) for turn in range(5)]
    assert [answer.allowed for answer in answers] == [True] * 4 + [False]
    assert {answer.store for answer in answers} == {"redis"}
    assert (answers[-1].refused, answers[-1].retry_after) == ("account", 1000)


async def test_an_address_has_one_bucket_for_all_accounts_behind_it(redis) -> None:
    async with shared(redis) as limiter:
        answers = [await ask(limiter, f"account-{number}") for number in range(7)]
        elsewhere = await ask(limiter, "account-0", "2001:db8::1")
    assert [answer.refused for answer in answers] == [None] * 6 + ["address"]
    assert elsewhere.allowed


async def test_what_is_drawn_where_another_slot_refuses_is_given_back(redis) -> None:
    async with shared(redis) as limiter:
        for _ in range(4):
            assert (await ask(limiter)).allowed
        refusals = [await ask(limiter) for _ in range(20)]
        assert {refusal.refused for refusal in refusals} == {"account"}
        fine = await ask(limiter, None)
        assert dict(fine.fields)[b"ratelimit"] == b'"address";r=1;t=1000'


async def test_many_at_once_are_given_back_too(redis) -> None:
    async with shared(redis) as limiter:
        for script in (DRAW, REFUND):
            await limiter._link.call("SCRIPT", "LOAD", script)
        answers = await asyncio.gather(*(ask(limiter) for _ in range(200)))
        # Until refunds arrive the address seems emptier, so it may refuse as well; it never admits too much.
        assert sum(answer.allowed for answer in answers) == 4
        fine = await ask(limiter, None)
        assert dict(fine.fields)[b"ratelimit"] == b'"address";r=1;t=1000'


async def test_nothing_to_ask_is_answered_at_once(redis) -> None:
    async with shared(redis, policies=SLOW[:1]) as limiter:
        answer = limiter.decide(None, "192.0.2.1", "pages")
    assert isinstance(answer, Decision)
    assert (answer.allowed, answer.fields) == (True, [])


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1, 500, 1000, 10_000]),
        st.sampled_from([None, "acme", "big"]),
        st.sampled_from(["192.0.2.1", "2001:db8::1", "2001:db8::2"]),
        st.sampled_from([None, ("upload",), ("dark", "address", "upload"), ("account", "upload")]),
    ),
    max_size=40,
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_redis_decides_as_memory_does(redis, steps) -> None:
    clock = ManualClock()
    memory = MemoryLimiter(Limits(policies=SLOW), clock)
    async with shared(redis) as limiter:
        link = limiter._link
        await link.call("FLUSHALL")
        age = Script(link, AGE)
        for pause, account, address, names in steps:
            clock.advance(pause)
            await age.call([], [pause * 1_000_000])
            expected = memory.decide(account, address, "pages", names)
            answer = await ask(limiter, account, address, *names or ())
            by_name = {name: outcome for name, outcome, _ in answer.outcomes}
            assert by_name == {name: outcome for name, outcome, _ in expected.outcomes}
            assert (answer.allowed, answer.refused, answer.retry_after) == (
                expected.allowed,
                expected.refused,
                expected.retry_after,
            )
            told, meant = dict(answer.fields), dict(expected.fields)
            assert {name: set(value.split(b", ")) for name, value in told.items()} == {
                name: set(value.split(b", ")) for name, value in meant.items()
            }


@pytest.mark.parametrize("name", ["{a}", "a\r\nSET b 1", "\0", "x" * 20_000, "\ud800", ""])
async def test_keys_have_one_form_whatever_a_client_calls_itself(redis, name: str) -> None:
    async with shared(redis, policies=SLOW[:2], key=b"k") as limiter:
        assert (await ask(limiter, name, name)).store == "redis"
        keys = await limiter._link.call("KEYS", "*")
    assert sorted(len(key) for key in keys) == [len("eg:l:{a}:account") + 32] * 2
    for key in keys:
        head, tag, tail = key[:7], key[7:39], key[39:]
        assert (head, tail) in {(b"eg:l:{a", b"}:account"), (b"eg:l:{i", b"}:address")}
        assert not tag.strip(b"0123456789abcdef")


async def test_edges_with_different_keys_share_nothing(redis) -> None:
    async with shared(redis, key=b"one") as one, shared(redis, key=b"other") as other, shared(redis) as plain:
        for limiter in (one, other, plain):
            assert [(await ask(limiter)).allowed for _ in range(5)] == [True] * 4 + [False]


async def test_a_cluster_would_find_every_call_in_one_slot(make_redis) -> None:
    server = make_redis("--cluster-enabled", "yes")
    link = RedisLink(server.settings(timeout_ms=1000))
    await link.start()
    await link.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    await until(lambda: _cluster_is_ok(link))
    await link.close()
    async with shared(server) as limiter:
        for _ in range(5):
            answer = await ask(limiter, "acme", "192.0.2.1", "account", "dark", "address", "upload")
            assert answer.store == "redis"  # CROSSSLOT would have sent it to memory
        assert answer.refused == "upload"


async def _cluster_is_ok(link: RedisLink) -> bool:
    return b"cluster_state:ok" in await link.call("CLUSTER", "INFO")


async def test_a_poisoned_key_costs_one_bucket_its_sharing(redis) -> None:
    async with shared(redis, policies=SLOW[:1]) as limiter:
        await ask(limiter)
        [key] = await limiter._link.call("KEYS", "*")
        await limiter._link.call("DEL", key)
        await limiter._link.call("LPUSH", key, "poison")
        assert (await ask(limiter)).store == "local"
        assert (await ask(limiter, "other")).store == "redis"
        assert limiter._link.up


async def test_scripts_that_redis_forgot_are_told_again(redis) -> None:
    async with shared(redis) as limiter:
        answers = []
        for _ in range(5):
            await limiter._link.call("SCRIPT", "FLUSH")
            answers += await asyncio.gather(ask(limiter), ask(limiter, "other", "192.0.2.9"))
    assert [answer.store for answer in answers] == ["redis"] * 10
    assert [answer.allowed for answer in answers] == [True] * 8 + [False] * 2


async def test_many_edges_at_once_never_admit_more_than_the_bucket_holds(redis) -> None:
    rate, burst, edges = 300, 40, 6
    policies = [Policy(name="account", key="account", requests=rate, burst=burst)]
    admitted = 0

    async def hammer(limiter: SharedLimiter) -> None:
        nonlocal admitted
        while time.monotonic() < end:
            answers = await asyncio.gather(*(ask(limiter) for _ in range(10)))
            assert {answer.store for answer in answers} == {"redis"}
            admitted += sum(answer.allowed for answer in answers)

    async with shared(redis, policies=policies) as first:
        begin = time.monotonic()
        end = begin + 0.6
        async with asyncio.TaskGroup() as group:
            group.create_task(hammer(first))
            for _ in range(edges - 1):
                group.create_task(_with_own_link(redis, policies, hammer))
        elapsed = time.monotonic() - begin
    assert burst <= admitted <= burst + rate * elapsed + 1


async def _with_own_link(server, policies, hammer) -> None:
    async with shared(server, policies=policies) as limiter:
        await hammer(limiter)


async def test_a_frozen_redis_delays_one_answer_and_no_more(redis) -> None:
    async with shared(redis, timeout_ms=5) as limiter:
        await until(lambda: _counts(limiter, "redis"))
        redis.freeze()
        begin = time.monotonic()
        first = await ask(limiter, "patient")
        took = time.monotonic() - begin
        second = limiter.decide("patient", "192.0.2.7", "pages")
        assert first.store == "local"
        assert took < 0.1  # 5 ms, and what a busy machine adds
        assert isinstance(second, Decision)
        redis.thaw()
        await until(lambda: _counts(limiter, "redis"))


async def _counts(limiter: SharedLimiter, store: str) -> bool:
    return (await ask(limiter, "probe", "192.0.2.99", "dark")).store == store


async def test_redis_killed_and_restarted_under_load_leaves_nobody_without_an_answer(redis) -> None:
    stores: list[str] = []
    asked = answered = 0
    async with shared(redis, policies=[Policy(name="account", key="account", requests=10**6)]) as limiter:
        going = True

        async def load() -> None:
            nonlocal asked, answered
            while going:
                asked += 20
                answers = await asyncio.gather(*(ask(limiter) for _ in range(20)))
                answered += sum(answer.allowed for answer in answers)
                stores.extend([answer.store for answer in answers])
                await asyncio.sleep(0)

        task = asyncio.create_task(load())
        for store in ("redis", "local", "redis"):
            stores.clear()
            await until(_says(stores, store))
            if store == "redis":
                redis.kill()
            else:
                await asyncio.to_thread(redis.start)
        going = False
        await task
    assert 0 < answered == asked


def _says(stores: list[str], store: str) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        return store in stores

    return condition


async def test_local_goes_on_from_what_redis_told_last(redis) -> None:
    async with shared(redis) as other, shared(redis) as limiter:
        for _ in range(3):
            await ask(other)
        assert (await ask(limiter)).allowed
        redis.kill()
        await until(lambda: _counts(limiter, "local"))
        assert (await ask(limiter)).refused == "account"
        assert [(await ask(limiter, "unseen", "192.0.2.50")).allowed for _ in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize(("failure", "allowed", "refused"), [("pass", True, None), ("block", False, "unavailable")])
async def test_pass_and_block_do_as_they_say(redis, failure: str, allowed: bool, refused: str | None) -> None:
    async with shared(redis, failure=failure, timeout_ms=200) as limiter:
        assert (await ask(limiter)).store == "redis"
        redis.freeze()
        answers = await asyncio.gather(*(ask(limiter) for _ in range(10)))
        answers.append(await ask(limiter))
        redis.thaw()
    assert {(answer.allowed, answer.refused, answer.store) for answer in answers} == {(allowed, refused, "local")}
    assert [answer.retry_after for answer in answers] == [0 if allowed else 1] * 11
