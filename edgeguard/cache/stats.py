"""What the cache has done, as plain numbers that only grow. Metrics are made of them elsewhere."""

from __future__ import annotations


class Stats:
    """Counters since the start.

    Attributes:
        hits_memory: answered from the worker's memory, stale ones included.
        hits_redis: answered from Redis, stale ones included.
        stale: a stored answer was there, but had to be validated first.
        misses: nothing stored fitted.
        bypasses: the request could not be answered from a cache.
        stores: responses stored in memory.
        refreshes: stored responses that a 304 made fresh again.
        errors_hidden: stale answers sent because the origin failed.
        coalesced: requests that waited for another's fetch.
        invalidated: URLs dropped because an unsafe request changed them.
        abandoned: bodies that were not stored: too large, cut short, or outdated while they came.
        evictions: entries that left memory for want of room.
        redis_stores: entries that Redis took.
        redis_failures: calls that Redis did not answer in time or answered with an error.
        redis_skipped: stores not sent, because too many were on their way or the entry was too large.
        redis_refused: entries that Redis or this worker held, but another worker had invalidated.
        redis_garbled: values in Redis that are no entries.
        purges_owed: invalidations that Redis could not take at once.
        purges_lost: of these, the ones that no longer fitted into the list.
    """

    __slots__ = (
        "abandoned",
        "bypasses",
        "coalesced",
        "errors_hidden",
        "evictions",
        "hits_memory",
        "hits_redis",
        "invalidated",
        "misses",
        "purges_lost",
        "purges_owed",
        "redis_failures",
        "redis_garbled",
        "redis_refused",
        "redis_skipped",
        "redis_stores",
        "refreshes",
        "stale",
        "stores",
    )

    def __init__(self) -> None:
        self.hits_memory = self.hits_redis = self.stale = self.misses = self.bypasses = 0
        self.stores = self.refreshes = self.errors_hidden = self.coalesced = self.invalidated = 0
        self.abandoned = self.evictions = 0
        self.redis_stores = self.redis_failures = self.redis_skipped = self.redis_refused = self.redis_garbled = 0
        self.purges_owed = self.purges_lost = 0

    def as_dict(self) -> dict[str, int]:
        """All counters by name."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __repr__(self) -> str:
        return "Stats(" + ", ".join(f"{name}={value}" for name, value in self.as_dict().items() if value) + ")"
