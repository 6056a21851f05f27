"""Which connection a request gets: every decision, and none of the I/O.

The rules of this file: each method decides at once and changes state only; what is to be closed is given back or closed without
waiting; whoever waits does so in one queue, first come first served, and nobody overtakes it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from edgeguard.errors import Blame, EdgeFault, Fault
from edgeguard.origin.connection import TAKEN, Connection, State
from edgeguard.origin.health import Health

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.config.model import Origin
    from edgeguard.origin.address import Address


class Endpoint:
    """One origin server.

    Attributes:
        idle: connections ready for use, the one used last at the end.
        opened: connections that exist or are being made.
        in_flight: requests that it was given and has not answered.
    """

    __slots__ = ("address", "health", "idle", "in_flight", "most", "opened")

    def __init__(self, address: Address, settings: Origin) -> None:
        self.address = address
        self.health = Health(settings.health)
        self.most = settings.connections
        self.idle: list[Connection] = []
        self.opened = 0
        self.in_flight = 0

    def __repr__(self) -> str:
        return f"<Endpoint {self.address}, {self.in_flight} in flight, {len(self.idle)} idle of {self.opened}, {self.health!r}>"

    @property
    def has_room(self) -> bool:
        """Whether a request can go there without waiting."""
        return bool(self.idle) or self.opened < self.most


# What a request is given: a connection that is its own, or the right to make one.
Lease = Connection | Endpoint


class Roster:
    """All endpoints, all connections, and the queue.

    Attributes:
        alive: connections whose socket is open.
        opened, reused, closed: connections, since the start.
        emptied: set when the last socket is closed after `shut_down`.
        failures: exchanges and connections that went wrong, by RFC 9209's error types.
    """

    def __init__(self, addresses: list[Address], settings: Origin, clock: Clock) -> None:
        self.endpoints = [Endpoint(address, settings) for address in addresses]
        self.alive: set[Connection] = set()
        self.opened = self.reused = self.closed = 0
        self.failures: dict[str, int] = {}
        self.shut = False
        self.emptied = asyncio.Event()
        self._alone = self.endpoints[0] if len(self.endpoints) == 1 else None
        self._turn = 0
        self._clock = clock.monotonic
        self._queue_most = settings.queue
        self._queue_seconds = settings.queue_seconds
        self._waiting: deque[tuple[asyncio.Future[Lease], float]] = deque()

    def __repr__(self) -> str:
        return f"<Roster of {self.endpoints!r}, {self.waiting} waiting>"

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether anything is there that has a deadline."""
        return bool(self.alive or self._waiting) or any(endpoint.opened for endpoint in self.endpoints)

    # --- giving out

    def acquire(self, avoid: Endpoint | None = None, *, fresh: bool = False) -> Lease | None:
        """A lease, or None when there is nothing to be had without waiting.

        Args:
            avoid: an endpoint that has just failed; with it, only a healthy one will do.
            fresh: don't give a connection that was used before; an idle one is closed where room is short.
        """
        if self._waiting or self.shut:
            return None
        return self._find(avoid, fresh)

    def _find(self, avoid: Endpoint | None, fresh: bool) -> Lease | None:
        endpoint = self._alone
        if endpoint is None:
            endpoint = self._choose(avoid)
            if endpoint is None:
                return None
            endpoint.health.sent()
        elif endpoint is avoid:
            return None
        if endpoint.idle:
            if not fresh:
                connection = endpoint.idle.pop()
                connection.state = TAKEN
                endpoint.in_flight += 1
                self.reused += 1
                return connection
            if endpoint.opened >= endpoint.most:
                endpoint.idle[0].close()
        if endpoint.opened >= endpoint.most:
            return None
        endpoint.opened += 1
        endpoint.in_flight += 1
        return endpoint

    def _choose(self, avoid: Endpoint | None) -> Endpoint | None:
        """The healthy endpoint with room that has the fewest requests in flight; ties go round.

        When none is healthy, the one whose ejection ends first is tried all the same. An ejection is a guess from a few
        requests; refusing everything upon it would make an outage of one slow page, which is what an attacker would ask for.
        """
        now = self._clock()
        count = len(self.endpoints)
        self._turn = (self._turn + 1) % count
        best: Endpoint | None = None
        someone = False
        for step in range(count):
            endpoint = self.endpoints[(self._turn + step) % count]
            if endpoint is avoid or not endpoint.health.admits(now):
                continue
            someone = True
            if endpoint.has_room and (best is None or endpoint.in_flight < best.in_flight):
                best = endpoint
        if someone or avoid is not None:
            return best
        nearest = min(self.endpoints, key=lambda endpoint: endpoint.health.until)
        return nearest if nearest.has_room else None

    # --- the queue

    def join(self) -> asyncio.Future[Lease]:
        """Stand in the queue.

        Raises:
            EdgeFault: 503, the queue is full, or the pool is closed.
        """
        if self.shut:
            raise EdgeFault(503, "destination_unavailable", "the pool is closed", retry=True)
        if len(self._waiting) >= self._queue_most:
            raise self._limit("the queue for origin connections is full")
        waiter: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()
        self._waiting.append((waiter, self._clock() + self._queue_seconds))
        self._serve()
        return waiter

    def leave(self, waiter: asyncio.Future[Lease]) -> None:
        """Stop waiting; what was given in the same moment goes to the next."""
        for item in self._waiting:
            if item[0] is waiter:
                self._waiting.remove(item)
                return
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self.give_back(waiter.result())

    def give_back(self, lease: Lease) -> None:
        """A lease that was not used."""
        if isinstance(lease, Endpoint):
            self.unmade(lease, None)
        elif lease.state is TAKEN:
            lease.park()
            lease.endpoint.in_flight -= 1
            lease.endpoint.health.dropped()
            lease.endpoint.idle.append(lease)
            self._serve()

    def _serve(self) -> None:
        while self._waiting:
            waiter = self._waiting[0][0]
            if not waiter.done():
                lease = self._find(None, fresh=False)
                if lease is None:
                    return
                waiter.set_result(lease)
            self._waiting.popleft()

    def _limit(self, detail: str) -> EdgeFault:
        fault = EdgeFault(503, "connection_limit_reached", detail, retry=True)
        self._count(fault)
        return fault

    # --- taking back

    def made(self, connection: Connection) -> None:
        """A new connection is ready. Before this, the event loop may close it without telling its protocol."""
        self.opened += 1
        self.alive.add(connection)

    def unmade(self, endpoint: Endpoint, fault: Exception | None) -> None:
        """A connection could not be made, or was not wanted any more."""
        endpoint.opened -= 1
        self._failed(endpoint, fault)
        self._serve()

    def done(self, connection: Connection, *, reusable: bool) -> None:
        """See `connection.Keeper`."""
        endpoint = connection.endpoint
        endpoint.in_flight -= 1
        health = endpoint.health
        if health.failures or health.until:
            health.succeeded()
        if reusable:
            endpoint.idle.append(connection)
        else:
            endpoint.opened -= 1
            self.closed += 1
        if self._waiting:
            self._serve()

    def lost(self, connection: Connection, was: State, fault: Exception | None) -> None:
        """See `connection.Keeper`."""
        endpoint = connection.endpoint
        if was is State.OPENING:
            return  # still with who makes it, who will call `unmade`
        endpoint.opened -= 1
        if connection in self.alive:
            self.closed += 1
        if was is State.IDLE:
            endpoint.idle.remove(connection)
            if fault is not None:
                self._count(fault)
        else:
            # A connection that the origin closed for idleness says nothing about its health.
            before = connection.exchanges if was is State.TAKEN else connection.exchanges - 1
            stale = before > 0 and isinstance(fault, Fault) and fault.reason == "connection_terminated"
            self._failed(endpoint, fault, stale=stale)
        self._serve()

    def gone(self, connection: Connection) -> None:
        """See `connection.Keeper`."""
        self.alive.discard(connection)
        if self.shut and not self.alive:
            self.emptied.set()

    def _failed(self, endpoint: Endpoint, fault: Exception | None, *, stale: bool = False) -> None:
        endpoint.in_flight -= 1
        if fault is not None:
            self._count(fault)
        # With one server there is nowhere else to go, and so nothing to be won by ejecting it.
        if self._alone is None and not stale and isinstance(fault, Fault) and fault.blame is Blame.ORIGIN:
            endpoint.health.failed(self._clock())
        else:
            endpoint.health.dropped()

    def _count(self, fault: Exception) -> None:
        if isinstance(fault, Fault) and fault.blame is not Blame.CLIENT:
            self.failures[fault.reason] = self.failures.get(fault.reason, 0) + 1

    # --- time

    def sweep(self) -> None:
        """Expire what is over its deadline. A few times a second instead of a timer for every request."""
        now = self._clock()
        for connection in [item for item in self.alive if item.deadline <= now]:
            connection.expire()
        while self._waiting and self._waiting[0][1] <= now:
            waiter, _ = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(self._limit("waited too long for an origin connection"))
        self._serve()

    def shut_down(self) -> None:
        """Close everything, and tell whoever waits."""
        self.shut = True
        fault = EdgeFault(503, "destination_unavailable", "the pool is closed", retry=True)
        waiting, self._waiting = self._waiting, deque()
        for waiter, _ in waiting:
            if not waiter.done():
                waiter.set_exception(fault)
        for connection in list(self.alive):
            connection.close(None if connection.state is State.IDLE else fault)
