"""The guard around the connection: deadlines, the bound on what waits, and the circuit that opens when Redis fails.

    start ──> up ──(no answer in time, connection lost)──> down ──(asked every retry_seconds, answers again)──> up

Any failure of the connection opens the circuit. While it is open every question is answered at once, and one task looks whether
Redis is back. An error reply opens nothing: Redis answered, so only that question goes without.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from edgeguard.redislink.address import read_address
from edgeguard.redislink.answer import Argument, Ask, Command, Unavailable, only
from edgeguard.redislink.opening import CONNECT_SECONDS, open_session
from edgeguard.redislink.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.config.model import Redis

T = TypeVar("T")

# Commands that may wait for their reply. At 20 microseconds each Redis answers some 250 in 5 ms; the rest is for bursts.
MOST_WAITING = 4096
# Seconds. Timers are kept to half a millisecond, because uvloop counts whole ones.
NEAR = 0.0005
# Seconds. A timer that fires later than this says that the event loop was busy elsewhere, not that Redis is slow.
LATE = 0.002


class RedisLink:
    """A connection to Redis that is never waited for longer than `settings.timeout_ms`.

    Args:
        settings: as configured.
        on_change: told when the link goes up or down, with a few words why; never the same twice in a row.
        waiting: commands that may wait for a reply; more are answered Unavailable at once.

    Attributes:
        prefix: what all keys of this edge start with.
        retry_seconds: how often a lost Redis is looked for.
        changes: how often the link went up or down.
        why: why it is as it is.

    Raises:
        ValueError: the URL can't be read; the message does not repeat it.
        OSError: the CA file can't be read.
    """

    def __init__(
        self, settings: Redis, on_change: Callable[[bool, str], None] | None = None, waiting: int = MOST_WAITING
    ) -> None:
        self.address = read_address(settings)
        self.prefix = settings.prefix
        self.why = "not started"
        self.changes = 0
        self._on_change = on_change
        self._most = waiting
        self._timeout = settings.timeout_ms / 1000
        # Event loops round up to whole milliseconds: so the link gives up one before.
        self._patience = max(self._timeout - 2 * NEAR, self._timeout / 2)
        self.retry_seconds = settings.retry_seconds
        self._session: Session | None = None
        self._open_sockets: set[Session] = set()
        self._deadlines: deque[Ask[Any]] = deque()  # in the order of `due`; those that are answered stay until the timer looks
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._spared: Ask[Any] | None = None
        self._revival: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"RedisLink({self.address}, {'up' if self.up else 'down'}: {self.why})"

    @property
    def up(self) -> bool:
        """Is it worth asking?"""
        return self._session is not None

    async def start(self) -> None:
        """Connect, and keep trying in the background where that fails. Takes `CONNECT_SECONDS` at most; never raises."""
        try:
            session = await self._open()
        except Unavailable as fault:
            self._fall(fault.why)
        else:
            self._rise(session)

    async def close(self) -> None:
        """Answer all who wait with Unavailable and close the socket. Once closed, a link stays so."""
        if self._revival is not None:
            self._revival.cancel()
            await asyncio.gather(self._revival, return_exceptions=True)
            self._revival = None
        self.why = "closed"
        if self._session is not None:
            self._abort(self._session)
        if self._open_sockets:
            await asyncio.wait([session.gone for session in self._open_sockets], timeout=CONNECT_SECONDS)

    def call(self, *command: Argument) -> asyncio.Future[Any]:
        """Send one command; the future gives the reply (bytes, int, list or None), or raises Unavailable."""
        return self.ask((command,), only)

    def ask(
        self,
        commands: Sequence[Command],
        conclude: Callable[[list[Any] | Unavailable], T],
        again: Callable[[int], Command] | None = None,
    ) -> asyncio.Future[T]:
        """Send some commands in one round trip, together with all others of this turn of the event loop.

        Args:
            commands: at least one.
            conclude: makes the future's result of the replies in their order, of which some may be `hiredis.ReplyError`, or
                of the reason why there are none. It is called once, before this returns or in the event loop, unless
                the future is cancelled.
            again: see `Ask`.

        Raises:
            TypeError: an argument is neither text, bytes nor a number.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        ask = Ask(future, len(commands), conclude, monotonic() + self._patience, again)
        session = self._session
        if session is None:
            ask.settle(Unavailable(self.why))
        elif session.waiting + len(commands) > self._most or session.busy:
            ask.settle(Unavailable("too much waits"))
        else:
            session.send(ask, commands)
            self._deadlines.append(ask)
            if self._timer is None:
                self._arm(loop, self._patience, ask.due)
        return future

    def _arm(self, loop: asyncio.AbstractEventLoop, seconds: float, at: float) -> None:
        self._timer_at = at
        self._timer = loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """The one timer: does the oldest question still wait, and has it waited too long?"""
        deadlines = self._deadlines
        self._timer = None
        while deadlines and deadlines[0].future.done():
            deadlines.popleft()
        if not deadlines:
            return
        loop, now, oldest = asyncio.get_running_loop(), monotonic(), deadlines[0]
        if oldest.due - now > NEAR:
            self._arm(loop, oldest.due - now, oldest.due)
        elif now - self._timer_at > LATE and oldest is not self._spared:
            # The loop did not turn for a while: the question may not even be sent, or the reply lie in the socket unread.
            self._spared = oldest
            self._arm(loop, self._patience, now + self._patience)
        elif self._session is not None:
            self._lost(self._session, f"no answer in {self._timeout * 1000:g} ms")

    def _lost(self, session: Session, why: str) -> None:
        """A session failed; only the one in use matters."""
        if session is self._session:
            self.why = why
            self._abort(session)
            self._fall(why)

    def _abort(self, session: Session) -> None:
        """Be done with the session in use and with all that it was asked."""
        self._session = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._deadlines.clear()
        self._spared = None
        session.abort(self.why)

    def _rise(self, session: Session) -> None:
        self._session = session
        self._tell("connected")

    def _fall(self, why: str) -> None:
        self._revival = asyncio.get_running_loop().create_task(self._revive(), name="redis-revival")
        self._tell(why)

    def _tell(self, why: str) -> None:
        self.why = why
        self.changes += 1
        if self._on_change is not None:
            self._on_change(self.up, why)

    async def _revive(self) -> None:
        """Look every `retry_seconds` whether Redis is back, and end when it is."""
        while True:
            await asyncio.sleep(self.retry_seconds)
            try:
                session = await self._open()
            except Unavailable as fault:
                self.why = fault.why
            else:
                self._revival = None
                self._rise(session)
                return

    async def _open(self) -> Session:
        """A new session that is ready.

        Raises:
            Unavailable: why not.
        """
        session = Session(self._lost)
        self._open_sockets.add(session)  # whatever becomes of it, `close` waits for its socket
        session.gone.add_done_callback(lambda _: self._open_sockets.discard(session))
        await open_session(session, self.address, self._timeout)
        return session
