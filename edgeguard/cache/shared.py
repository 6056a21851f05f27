"""The cache as the gateway uses it: two tiers behind one look-up, and what keeps them true to the origin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edgeguard.cache.coalesce import Flight, Flights, alone
from edgeguard.cache.filling import Room
from edgeguard.cache.key import both_schemes, related, url_key
from edgeguard.cache.lookup import Fetch, Lookup
from edgeguard.cache.memory import MemoryTier
from edgeguard.cache.policy import BYPASS, CREDENTIALS, HEAD, METHOD, NO_STORE, ONLY_IF_CACHED, asks
from edgeguard.cache.purges import Purges
from edgeguard.cache.redistier import RedisTier, proposal
from edgeguard.cache.stats import Stats
from edgeguard.cache.vary import merge, variant

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.cache.memory import Entry
    from edgeguard.cache.redistier import Link
    from edgeguard.cache.status import State
    from edgeguard.cache.stored import Stored
    from edgeguard.clock import Clock
    from edgeguard.config.model import Cache as Settings
    from edgeguard.message import Request, Response

_TRUST_SECONDS = 2.0  # how long memory is believed before Redis is asked, on the side, whether another worker invalidated it
_EXCUSED_SECONDS = 5.0  # how long after a failure of the origin a stale answer is served without waiting for it again
_FILLING_PART = 4  # bodies being collected may take a quarter of what memory may


class Cache:
    """A shared cache (RFC 9111) for one worker.

    Args:
        settings: the `cache` section.
        clock: `wall` for freshness, `monotonic` for waiting.
        link: Redis, or None to do without.
        prefix: of all keys in Redis.
    """

    def __init__(self, settings: Settings, clock: Clock, link: Link | None = None, prefix: str = "eg") -> None:
        self.settings = settings
        self.clock = clock
        self.stats = Stats()
        self.memory = MemoryTier(settings.memory, settings.variants, self.stats)
        self.redis = RedisTier(link, settings, prefix, self.stats) if link is not None and settings.redis else None
        self.flights = Flights(settings.coalesce_seconds, clock)
        self.purges = Purges()
        self.room = Room(settings.memory // _FILLING_PART, settings.object)
        self._wall = clock.wall
        self._enabled = settings.enabled

    def lookup(self, request: Request, *, identified: bool = False) -> Lookup | Awaitable[Lookup]:
        """What the cache has for `request`; to be awaited only where memory has nothing fresh and Redis is asked.

        Its headers must be those that the client's answer depends on: change them before, or on a copy.

        Args:
            request: as it came in.
            identified: the edge knows its account by other means than Authorization or Cookie; treated like these.
        """
        flags = asks(request)
        now = self._wall()
        if flags & (METHOD | BYPASS) or not self._enabled:
            self.stats.bypasses += 1
            return Lookup(self, b"", flags, now, "bypass", None, "", None)
        if identified:
            flags |= CREDENTIALS
        key = url_key(request.scheme, request.authority, request.path, request.query)
        entry = self.memory.find(key, request.headers)
        if entry is not None:
            stored = entry.stored
            if now < stored.fresh_until and (stored.shared or not flags & CREDENTIALS):
                entry.touch()
                self.stats.hits_memory += 1
                if self.redis is not None and now - entry.checked > _TRUST_SECONDS:
                    self._recheck(entry, now)
                return Lookup(self, key, flags, now, "hit", stored, "memory", None)
        return self._not_fresh(request, key, flags, now, entry)

    def _not_fresh(self, request: Request, key: bytes, flags: int, now: float, entry: Entry | None) -> Lookup | Awaitable[Lookup]:
        fetch = Fetch(request.headers.lasting(), self.purges.now)
        stored = None
        if entry is not None:
            entry.touch()
            stored = entry.stored
            fetch.generation = stored.generation
        state = _state(stored, flags, now)
        if entry is not None and state == "stale" and now < min(entry.excused_until, entry.stored.times.error_until):
            state = "stale-ok"
        if self.redis is not None:
            if state != "stale-ok" and self.redis.up:
                return self._ask(key, flags, fetch)
            if entry is not None and now - entry.checked > _TRUST_SECONDS:
                self._recheck(entry, now)
        return self._tell(key, flags, now, state, stored, "memory", fetch)

    async def _ask(self, key: bytes, flags: int, fetch: Fetch) -> Lookup:
        """Go on where memory had nothing fresh, and Redis may have."""
        assert self.redis is not None  # noqa: S101 - checked by the caller
        found = await self.redis.find(key, fetch.headers)
        now = self._wall()
        entry = self.memory.find(key, fetch.headers)  # anew: another's fetch may have landed meanwhile
        held = None if entry is None else entry.stored
        stored, tier = held, "memory"
        if found.generation:
            if held is not None and held.generation and held.generation == fetch.generation != found.generation:
                stored = None  # another worker invalidated the URL since memory took it
                self._discard(key, fetch, held)
            fetch.generation, fetch.names = found.generation, found.names
        theirs = None if self.purges.outdated(key, fetch.begun) else found.stored
        if theirs is not None and (stored is None or theirs.times.born > stored.times.born):
            stored, tier = theirs, "redis"
            self.memory.put(key, fetch.headers, theirs, now)
        fetch.begun = self.purges.now  # the origin is asked from here on
        return self._tell(key, flags, now, _state(stored, flags, now), stored, tier, fetch)

    def _tell(self, key: bytes, flags: int, now: float, state: State, stored: Stored | None, tier: str, fetch: Fetch) -> Lookup:
        stats = self.stats
        if state in ("hit", "stale-ok"):
            if tier == "redis":
                stats.hits_redis += 1
            else:
                stats.hits_memory += 1
            return Lookup(self, key, flags, now, state, stored, tier, None if state == "hit" else fetch)
        if flags & ONLY_IF_CACHED:
            state = "unsatisfied"
        if state == "stale":
            stats.stale += 1
            return Lookup(self, key, flags, now, state, stored, tier, fetch)
        stats.misses += 1
        return Lookup(self, key, flags, now, state, None, "", fetch)

    def join(self, lookup: Lookup) -> Flight:
        """Take part in the fetch for `lookup`: as its leader, or waiting for it; alone where nobody could share it.

        A follower that is told True looks up again. Where it still finds nothing, the answer was another variant's: then
        it joins once more, now that the variants are known, and fetches for itself where that fails too.
        """
        fetch = lookup.fetch
        if fetch is None or lookup.asks & NO_STORE or (lookup.asks & HEAD and not lookup.serves):
            return alone()
        names = self.memory.names(lookup.key) or fetch.names
        flight = self.flights.join(lookup.flight_key, variant(names, fetch.headers))
        if flight.leader:
            fetch.flight = flight
        elif not lookup.serves:
            self.stats.coalesced += 1
        return flight

    def invalidate(self, request: Request, response: Response) -> None:
        """Drop what an unsafe request changed (RFC 9111, section 4.4); does nothing for safe methods and for errors."""
        if request.method in _SAFE or not 200 <= response.status < 400:
            return
        keys = both_schemes(request.authority, request.path, request.query)
        for name in (b"location", b"content-location"):
            reference = response.headers.get(name)
            if reference is not None:
                keys += related(request, reference)
        for key in keys:
            self.purge(key)

    def purge(self, key: bytes) -> None:
        """Drop all variants of the URL with this key, in both tiers, and whatever is being fetched for it now."""
        self.stats.invalidated += 1
        self.purges.add(key)
        self.memory.drop(key)
        if self.redis is not None:
            self.redis.purge(key)

    def propose(self, fetch: Fetch) -> bytes:
        """The generation under which an answer is stored: the one that its fetch saw, else a new one."""
        return b"" if self.redis is None else fetch.generation or proposal()

    def keep(self, lookup: Lookup, stored: Stored, fetch: Fetch) -> None:
        """Store a complete response in both tiers and wake those who wait, unless its URL was invalidated meanwhile."""
        key, headers = lookup.key, fetch.headers
        if self.purges.outdated(key, fetch.begun):
            self.stats.abandoned += 1
            fetch.land(stored=False)
            return
        now = self._wall()
        sent = False
        if self.redis is not None:
            names = merge(fetch.names, stored.vary)
            sent = self.redis.put(key, names, headers, stored, fetch.generation, now, partial(self._held, key, fetch, stored))
            if not sent:
                stored = stored.under(b"")  # Redis does not know this generation, so it can't tell when it ends
        kept = self.memory.put(key, headers, stored, now)
        fetch.land(stored=kept or sent)

    def _held(self, key: bytes, fetch: Fetch, stored: Stored, generation: bytes | None) -> None:
        """Redis took an entry under `generation`, or refused it (None) because another worker invalidated its URL."""
        entry = self.memory.find(key, fetch.headers)
        if entry is None or entry.stored is not stored:
            return
        if generation is None:
            self.memory.discard(entry)
        elif generation != stored.generation:
            entry.stored = stored.under(generation)

    def forget(self, lookup: Lookup, fetch: Fetch) -> None:
        """Drop the stored response that `lookup` found, because the origin's answer shows that it no longer holds."""
        if lookup.stored is not None:
            self._discard(lookup.key, fetch, lookup.stored)

    def excuse(self, lookup: Lookup, fetch: Fetch, now: float) -> bool:
        """Let what `lookup` found be served without the origin for a moment; False where memory no longer holds it."""
        entry = self.memory.find(lookup.key, fetch.headers)
        if entry is None or entry.stored is not lookup.stored:
            return False
        entry.excused_until = now + _EXCUSED_SECONDS
        return True

    def _discard(self, key: bytes, fetch: Fetch, stored: Stored) -> None:
        entry = self.memory.find(key, fetch.headers)
        if entry is not None and entry.stored is stored:
            self.memory.discard(entry)

    def _recheck(self, entry: Entry, now: float) -> None:
        assert self.redis is not None  # noqa: S101 - checked by the caller
        entry.checked = now
        stored = entry.stored

        def outdated() -> None:
            if entry.stored is stored:
                self.memory.discard(entry)

        self.redis.check(entry.key, stored.generation, outdated)

    def __repr__(self) -> str:
        return f"Cache({self.memory!r}, {self.redis!r}, {len(self.flights)} flights)"


_SAFE = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE"))


def _state(stored: Stored | None, flags: int, now: float) -> State:
    """What a stored response is good for, by its times alone."""
    if stored is None or (flags & CREDENTIALS and not stored.shared):
        return "miss"
    times = stored.times
    if now < times.fresh_until:
        return "hit"
    if now < times.refresh_until:
        return "stale-ok"
    if now < times.error_until or stored.validates:
        return "stale"
    return "miss"
