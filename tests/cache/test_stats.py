from __future__ import annotations

from edgeguard.cache.stats import Stats


def test_all_counters_begin_at_zero() -> None:
    counters = Stats().as_dict()
    assert set(counters.values()) == {0}
    assert {"hits_memory", "hits_redis", "misses", "stores", "evictions", "coalesced", "redis_failures"} <= counters.keys()


def test_repr_names_what_has_happened() -> None:
    stats = Stats()
    stats.misses += 2
    assert repr(stats) == "Stats(misses=2)"


def test_every_counter_is_explained() -> None:
    explained = Stats.__doc__ or ""
    assert [name for name in Stats.__slots__ if f"        {name}: " not in explained] == []
