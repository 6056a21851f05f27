import pytest

from edgeguard.clock import ManualClock
from edgeguard.config.model import Limits
from edgeguard.limits import Decision, make_limiter
from edgeguard.redislink import RedisLink


def test_memory_decides_at_once_and_takes_no_notice_of_redis() -> None:
    decision = make_limiter(Limits(), ManualClock(), None, None).decide("acme", "192.0.2.1", "default")
    assert isinstance(decision, Decision)
    assert decision.store == "memory"


def test_a_shared_store_needs_a_link() -> None:
    with pytest.raises(ValueError, match="no link"):
        make_limiter(Limits(store="redis"), ManualClock(), None, None)


@pytest.mark.redis
async def test_redis_decides_through_the_link_and_alone_before_it_is_started(redis) -> None:
    link = RedisLink(redis.settings(timeout_ms=1000))
    limiter = make_limiter(Limits(store="redis"), ManualClock(), link, b"key")
    early = limiter.decide("acme", "192.0.2.1", "default")
    assert isinstance(early, Decision)
    assert early.store == "local"
    await link.start()
    answer = limiter.decide("acme", "192.0.2.1", "default")
    assert not isinstance(answer, Decision)
    assert (await answer).store == "redis"
    await link.close()
