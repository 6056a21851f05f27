"""The pool: requests in, responses out, over connections that are kept.

`roster` decides, `connection` carries, and this file puts them in order: get a lease, dial if need be, send, wait for one
future, and try again where that can do no harm.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from edgeguard.errors import EdgeFault, Fault, OriginFault
from edgeguard.origin import address, failure, tls, upload
from edgeguard.origin.connection import CLOSED, OPENING, Connection
from edgeguard.origin.roster import Endpoint, Lease, Roster

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from edgeguard.clock import Clock
    from edgeguard.config.model import Origin
    from edgeguard.message import Request, Response
    from edgeguard.origin.address import Address

# How often deadlines are looked at. Timeouts are of seconds; being late by this much costs nobody, a timer per request all.
SWEEP_SECONDS = 0.05
# The part of the origin's connections that bodies still on their way from clients may hold: a client whose bodies trickle must
# not keep those out who only want to read.
UPLOADS = 0.5
# RFC 9110, section 9.2.2: a second one has the effect of the first.
IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


class Pool:
    """Connections to one origin, which may have several servers.

    Args:
        settings: the `origin` section.
        clock: for all deadlines but those of dialling.

    Raises:
        ValueError: a URL or the TLS settings make no sense.
        OSError: a PEM file can't be read.
    """

    def __init__(self, settings: Origin, clock: Clock) -> None:
        addresses = [address.parse(url) for url in settings.urls]
        self._settings = settings
        self._clock = clock
        self._roster = Roster(addresses, settings, clock)
        self._context = tls.client_context(settings.tls) if any(item.secure for item in addresses) else None
        self._client_host = settings.host == "client"
        self._first_byte = settings.first_byte_seconds
        self._sweeper: asyncio.TimerHandle | None = None
        self._uploads = 0
        self._uploads_most = max(1, int(len(addresses) * settings.connections * UPLOADS))

    def __repr__(self) -> str:
        return f"<Pool {self._roster!r}>"

    def fetch(self, request: Request, first_byte_seconds: float | None = None) -> Coroutine[Any, Any, Response]:
        """Send a request and give its response; a body that came at once, or is small, is in `body.whole`.

        Any other body must be read or abandoned. It is read from the origin only as fast as from here.

        Args:
            request: clean of hop-by-hop fields already; the response will be as well.
            first_byte_seconds: from the end of the request to the head of the response; None takes the setting.

        Raises:
            OriginFault: 502 or 504, with a reason of RFC 9209.
            EdgeFault: 503 `connection_limit_reached`, or `destination_unavailable` once the pool is closed.
            Fault: whatever reading the request's body raises.
        """
        is_here = request.body.whole is not None or request.body.rewind()
        fetch = self._fetch if is_here else self._fetch_with_upload
        return fetch(request, first_byte_seconds)

    async def _fetch_with_upload(self, request: Request, first_byte_seconds: float | None) -> Response:
        """A body at its client's pace holds its connection as long as the client likes; so all of them have but their share."""
        if self._uploads >= self._uploads_most:
            raise EdgeFault(503, "connection_limit_reached", "too many bodies are on their way to the origin")
        self._uploads += 1
        try:
            return await self._fetch(request, first_byte_seconds)
        finally:
            self._uploads -= 1

    async def _fetch(self, request: Request, first_byte_seconds: float | None) -> Response:
        first_byte = first_byte_seconds or self._first_byte
        retries = self._settings.retries
        lease = self._roster.acquire()
        while True:
            if type(lease) is Connection:
                connection = lease
            else:
                connection, retries = await self._connect(lease, retries)
            answer = self._send(connection, request, first_byte)
            try:
                return await answer
            except OriginFault as fault:
                if not fault.retry or not retries:
                    raise
            except BaseException:
                connection.cancel(answer)
                raise
            retries -= 1
            # If one idle connection was closed under us, its neighbours are likely to be.
            lease = self._roster.acquire(fresh=True)

    def _send(self, connection: Connection, request: Request, first_byte: float) -> asyncio.Future[Response]:
        method, body = request.method, request.body
        whole = body.whole
        try:
            head = upload.head(request, request.authority if self._client_host else connection.endpoint.address.authority)
        except ValueError:
            self._roster.give_back(connection)
            raise
        retry = method in IDEMPOTENT
        if whole is None:
            retry = body.rewind() and retry
            return connection.stream(method, head, upload.pieces(body, connection, first_byte), retry=retry)
        if len(whole) <= upload.SLICE:
            return connection.send(method, head + whole if whole else head, first_byte, retry=retry)
        return connection.stream(method, head, upload.slices(whole, connection, first_byte), retry=retry)

    async def _connect(self, lease: Lease | None, retries: int) -> tuple[Connection, int]:
        """A connection from a lease that needs waiting; and how many retries are left."""
        while True:
            if lease is None:
                lease = await self._wait()
            if isinstance(lease, Connection):
                if lease.state is not CLOSED:
                    return lease, retries
                lease = self._roster.acquire()  # closed between being given and being taken
                continue
            try:
                return await self._dial(lease), retries
            except Fault as fault:
                other = self._roster.acquire(avoid=lease) if fault.retry and retries else None
                if other is None:
                    raise
                retries -= 1
                lease = other

    async def _wait(self) -> Lease:
        waiter = self._roster.join()
        self._watch()
        try:
            return await waiter
        except BaseException:
            self._roster.leave(waiter)
            raise

    async def _dial(self, endpoint: Endpoint) -> Connection:
        self._watch()
        connection = Connection(endpoint, self._roster, self._settings, self._clock)
        # A task of its own, because a timeout needs one and whoever drives the exchange may have none. The lease stays with this
        # coroutine, as a task that is cancelled before its first step could not give it back.
        dialling = asyncio.get_running_loop().create_task(self._open(connection, endpoint.address))
        try:
            await dialling
        except BaseException as error:
            dialling.cancel()
            fault = failure.connecting(error) if isinstance(error, Exception) else None
            if connection.state is OPENING:
                connection.close()
                self._roster.unmade(endpoint, fault)
            else:
                connection.close(fault)
            if fault is None:
                raise
            raise fault from None
        if connection.state is CLOSED:
            raise OriginFault(502, "connection_terminated", "closed as soon as it was open", retry=True)
        self._roster.made(connection)
        return connection

    async def _open(self, connection: Connection, place: Address) -> None:
        async with asyncio.timeout(self._settings.connect_seconds):
            await asyncio.get_running_loop().create_connection(
                lambda: connection,
                place.host,
                place.port,
                ssl=self._context if place.secure else None,
                server_hostname=(self._settings.tls.server_name or place.host) if place.secure else None,
            )

    def _watch(self) -> None:
        """See to it that deadlines are looked at while there is anything that has one."""
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._sweeper = None
        self._roster.sweep()
        if self._roster.busy:
            self._watch()

    async def close(self) -> None:
        """Close all connections; what is still under way ends with a fault. Whoever drains waits for its exchanges first."""
        self._roster.shut_down()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        if self._roster.alive:
            await self._roster.emptied.wait()

    def snapshot(self) -> dict[str, Any]:
        """Counters and states for the admin API: plain values, no secrets."""
        roster, now = self._roster, self._clock.monotonic()
        return {
            "opened": roster.opened,
            "reused": roster.reused,
            "closed": roster.closed,
            "waiting": roster.waiting,
            "failures": dict(roster.failures),
            "ejections": sum(endpoint.health.ejections for endpoint in roster.endpoints),
            "endpoints": [
                {
                    "url": str(endpoint.address),
                    "in_flight": endpoint.in_flight,
                    "idle": len(endpoint.idle),
                    "connections": endpoint.opened,
                    "failures_in_a_row": endpoint.health.failures,
                    "ejected_for_seconds": max(0.0, endpoint.health.until - now),
                }
                for endpoint in roster.endpoints
            ],
        }
