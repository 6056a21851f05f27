"""Request coalescing: of many requests for the same missing answer one fetches, and the others wait for it.

A flight is over when the leader's answer is stored, when it turns out not to be shareable, when the leader gives up, or
after a fixed time. Then all who wait go on at once, and who comes later starts a new flight.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.clock import Clock

Key = tuple[bytes, bool]  # a URL's key, and whether the request had credentials

_PASSES = 4096  # URLs remembered as not shareable; the oldest go first, and then one request waits in vain
_PASS_SECONDS = 10.0  # how long; refreshed with each answer that is not shareable. Varnish: 120 s, but it is told per object


class _Fetch:
    """One fetch in the air and those who wait for it.

    Attributes:
        until: monotonic seconds when it is over at the latest.
        timer: set by the first who waits; a fetch that nobody waits for needs none.
    """

    __slots__ = ("over", "timer", "until", "waiters")

    def __init__(self, until: float) -> None:
        self.over = False
        self.until = until
        self.timer: asyncio.TimerHandle | None = None
        self.waiters: list[asyncio.Future[bool]] = []


class Flight:
    """A request's place in a fetch. Who leads must `land` on every way out, or the others wait for nothing until time is up.

    Attributes:
        leader: True for the one that fetches; the others call `wait`.
    """

    __slots__ = ("_fetch", "_flights", "_key", "leader")

    def __init__(self, flights: Flights | None, key: tuple[Key, bytes], fetch: _Fetch | None, *, leader: bool) -> None:
        self._flights = flights
        self._key = key
        self._fetch = fetch
        self.leader = leader

    async def wait(self) -> bool:
        """True when the answer is stored and another look-up will find it; False when one must fetch for oneself."""
        fetch = self._fetch
        if fetch is None or fetch.over or self.leader or self._flights is None:
            return False
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        fetch.waiters.append(waiter)
        self._flights.bound(self._key, fetch)
        return await waiter

    def land(self, *, stored: bool) -> None:
        """End the flight and wake all who wait; only the leader's first call counts."""
        if self.leader and self._fetch is not None and self._flights is not None:
            self._flights.end(self._key, self._fetch, stored=stored)

    def __repr__(self) -> str:
        fetch = self._fetch
        state = "alone" if fetch is None else "over" if fetch.over else f"{len(fetch.waiters)} waiting"
        return f"Flight({'leader' if self.leader else 'follower'}, {state})"


class Flights:
    """All fetches in the air, by URL, variant, and whether the request had credentials.

    The last keeps a client with credentials from making the answers to all others look private. The variant is known once
    one has been stored; until then those who wait for an answer in vain, because it was another's, have to join again.

    Args:
        seconds: how long a flight may last for those who wait.
        clock: for the memory of what was not shareable.
    """

    __slots__ = ("_air", "_clock", "_passes", "_seconds")

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._air: dict[tuple[Key, bytes], _Fetch] = {}
        self._passes: OrderedDict[Key, float] = OrderedDict()

    def join(self, key: Key, variant: bytes = b"") -> Flight:
        """The leader's place where nobody fetches this yet, else a follower's."""
        place = (key, variant)
        now = self._clock.monotonic()
        fetch = self._air.get(place)
        if fetch is not None:
            if now < fetch.until:
                return Flight(self, place, fetch, leader=False)
            self.end(place, fetch, stored=False)
        until = self._passes.get(key)
        if until is not None:
            if now < until:
                return alone()
            del self._passes[key]
        fetch = self._air[place] = _Fetch(now + self._seconds)
        return Flight(self, place, fetch, leader=True)

    def bound(self, place: tuple[Key, bytes], fetch: _Fetch) -> None:
        """See to it that nobody waits for `fetch` beyond its time."""
        if fetch.timer is None:
            left = max(0.0, fetch.until - self._clock.monotonic())
            fetch.timer = asyncio.get_running_loop().call_later(left, lambda: self.end(place, fetch, stored=False))

    def end(self, key: tuple[Key, bytes], fetch: _Fetch, *, stored: bool) -> None:
        """Wake all who wait for `fetch`; nothing happens where it is over already."""
        if fetch.over:
            return
        fetch.over = True
        if fetch.timer is not None:
            fetch.timer.cancel()
        del self._air[key]  # no other can be there: it would have been a follower of this one
        for waiter in fetch.waiters:
            if not waiter.done():  # a follower may have been cancelled
                waiter.set_result(stored)
        fetch.waiters.clear()

    def let_pass(self, key: Key) -> None:
        """Remember that answers to `key` are not shareable, so that nobody waits for one."""
        self._passes[key] = self._clock.monotonic() + _PASS_SECONDS
        self._passes.move_to_end(key)
        if len(self._passes) > _PASSES:
            self._passes.popitem(last=False)

    def hold(self, key: Key) -> None:
        """Forget what `let_pass` said."""
        self._passes.pop(key, None)

    def __len__(self) -> int:
        return len(self._air)


def alone() -> Flight:
    """The place of a request that nobody waits for."""
    return Flight(None, ((b"", False), b""), None, leader=True)
