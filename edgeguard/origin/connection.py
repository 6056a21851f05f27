"""One connection to an origin: a protocol of asyncio that carries one exchange after another.

```
  OPENING ──> TAKEN <──> IDLE          the roster gives it out, and takes it back
                │          ^
                v          │ answer complete, and fit for another one
  SENDING ──> WAITING ──> RECEIVING
     │           │           │
     └───────────┴───────────┴──> CLOSED    any fault, a deadline, an early answer, a last answer
```
SENDING is for bodies that are still on their way; others are written at once. Each state has its deadline, and `expire` says what
passing it means. Nothing here waits, save for the writing of a streamed body.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Protocol, cast

from edgeguard.errors import OriginFault
from edgeguard.message import Body, Response
from edgeguard.origin import failure
from edgeguard.origin.inbox import Inbox, StreamedBody
from edgeguard.wire.response import ResponseParser

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from edgeguard.clock import Clock
    from edgeguard.config.model import Origin
    from edgeguard.origin.roster import Endpoint

# An answer of known length up to this is given on whole, not in pieces: an origin that fails in its middle can then be answered
# for in full, with an error or from the cache, and the rooms above read one piece. Above it, memory and delay would show.
GATHER = 64 * 1024
# What is left of an answer that nobody wants is read, not cut off, up to this: cheaper than a new connection, above all with TLS.
DISCARD = 32 * 1024
DISCARD_SECONDS = 1.0


class State(Enum):
    """See the module's drawing."""

    OPENING = "opening"
    TAKEN = "taken"
    IDLE = "idle"
    SENDING = "sending"
    WAITING = "waiting"
    RECEIVING = "receiving"
    CLOSED = "closed"


# As plain names, since reading a member of an Enum costs a look-up more on each request.
OPENING, TAKEN, IDLE, SENDING, WAITING, RECEIVING, CLOSED = State


class Keeper(Protocol):
    """Who owns connections; the roster."""

    def done(self, connection: Connection, *, reusable: bool) -> None:
        """The answer is complete."""

    def lost(self, connection: Connection, was: State, fault: Exception | None) -> None:
        """The connection is closed: in state `was`, because of `fault`."""

    def gone(self, connection: Connection) -> None:
        """Its socket is closed."""


class Connection(asyncio.Protocol):
    """See the module.

    Attributes:
        deadline: monotonic seconds at which `expire` must be called.
        exchanges: requests sent on it so far.
    """

    __slots__ = (
        "__weakref__",
        "_answer",
        "_between",
        "_clock",
        "_full",
        "_gathered",
        "_idle_seconds",
        "_inbox",
        "_keeper",
        "_loop",
        "_parser",
        "_retry",
        "_transport",
        "_upload",
        "deadline",
        "endpoint",
        "exchanges",
        "state",
    )

    def __init__(self, endpoint: Endpoint, keeper: Keeper, settings: Origin, clock: Clock) -> None:
        self.endpoint = endpoint
        self.state = OPENING
        self.deadline = inf
        self.exchanges = 0
        self._keeper = keeper
        self._clock = clock.monotonic
        self._between = settings.between_bytes_seconds
        self._idle_seconds = settings.idle_seconds
        self._parser = ResponseParser(settings.header_bytes)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._inbox: Inbox | None = None
        self._gathered: list[bytes] = []
        self._upload: asyncio.Task[None] | None = None
        self._full: asyncio.Future[None] | None = None
        self._retry = False

    def __repr__(self) -> str:
        return f"<Connection {self.endpoint.address}, {self.state.value}, exchanges: {self.exchanges}>"

    # --- what the pool does with it

    def send(self, method: bytes, data: bytes, first_byte: float, *, retry: bool) -> asyncio.Future[Response]:
        """Write a complete request; `retry` says that repeating it is harmless. The answer may be a Fault."""
        answer = self._begin(method, retry)
        self.state = WAITING
        self.deadline = self._clock() + first_byte
        self._write(data)
        return answer

    def stream(self, method: bytes, head: bytes, upload: Coroutine[None, None, None], *, retry: bool) -> asyncio.Future[Response]:
        """Write a request's head, and let `upload` write the rest with `write` and `sent`."""
        answer = self._begin(method, retry)
        self.state = SENDING
        self.deadline = inf  # the client's pace is held by whoever reads from it
        self._write(head)
        self._upload = self._loop.create_task(upload)
        self._upload.add_done_callback(self._uploaded)
        return answer

    def _begin(self, method: bytes, retry: bool) -> asyncio.Future[Response]:
        # Only on a connection used before can the origin have closed it for idleness while the request was on its way.
        self._retry = retry and self.exchanges > 0
        self.exchanges += 1
        self._parser.expect(method)
        self._answer = answer = self._loop.create_future()
        return answer

    def _write(self, data: bytes) -> None:
        cast("asyncio.Transport", self._transport).write(data)

    async def write(self, data: bytes) -> None:
        """Send a piece of a body; returns when the origin has room for more."""
        if self.state is not SENDING:
            return
        self._write(data)
        if self._full is not None:
            self.deadline = self._clock() + self._between
            await self._full
            if self.state is SENDING:
                self.deadline = inf

    def sent(self, first_byte: float) -> None:
        """The body has been written to its end."""
        if self.state is SENDING:
            self.state = WAITING
            self.deadline = self._clock() + first_byte

    def park(self) -> None:
        """Nothing was sent after all."""
        self.state = IDLE
        self.deadline = self._clock() + self._idle_seconds

    def cancel(self, answer: asyncio.Future[Response]) -> None:
        """Whoever waited for `answer` has gone away."""
        if self._answer is answer:
            self.close()
        elif answer.done() and not answer.cancelled() and answer.exception() is None:
            answer.result().body.abandon()

    def resume(self) -> None:
        """See `inbox.Source`."""
        if self._transport is not None and self.state is RECEIVING:
            self.deadline = self._clock() + self._between
            self._transport.resume_reading()

    def discard(self, inbox: Inbox) -> None:
        """See `inbox.Source`."""
        length = self._parser.length
        if length is None or length - inbox.received > DISCARD or not self._parser.keep_alive:
            self.close()
            return
        paused, inbox.paused = inbox.paused, False
        if paused and self._transport is not None:
            self._transport.resume_reading()
        self.deadline = self._clock() + DISCARD_SECONDS

    def expire(self) -> None:
        """The deadline has passed."""
        if self.state is IDLE:
            self.close()
        elif self.state is SENDING:
            self.close(OriginFault(504, "connection_write_timeout", "takes no more of the request's body"))
        elif self.state is WAITING:
            self.close(OriginFault(504, "http_response_timeout", "no answer in time"))
        elif self._inbox is not None and self._inbox.discarding:
            self.close()
        else:
            self.close(OriginFault(504, "connection_read_timeout", "stalled in the middle of an answer"))

    def close(self, fault: Exception | None = None) -> None:
        """Close for good; whoever waits for the answer or its body gets `fault`. Doing so twice does nothing."""
        was = self.state
        if was is CLOSED:
            return
        self._shut()
        answer, inbox = self._answer, self._inbox
        self._answer = self._inbox = None
        self._gathered = []
        self._keeper.lost(self, was, fault)
        if inbox is not None:
            inbox.end(fault)
        elif answer is not None and not answer.done():
            if fault is None:
                answer.cancel()
            else:
                answer.set_exception(fault)

    def _shut(self) -> None:
        self.state = CLOSED
        self.deadline = inf
        self._stop_upload()
        if self._transport is not None:
            # Not close(): that would wait for TLS's closing words, or for a peer that takes no more.
            self._transport.abort()

    # --- what the event loop does with it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)
        if self.state is CLOSED:
            self._transport.abort()
        else:
            self.state = TAKEN

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol."""
        if self._answer is None and self._inbox is None:
            # Bytes that answer nothing. Whoever reads them as the next answer has been desynchronised.
            self.close(OriginFault(502, "http_protocol_error", "sent something unasked"))
            return
        parser = self._parser
        try:
            content = parser.receive(data)
        except OriginFault as fault:
            self.close(fault)
            return
        if parser.done:
            self._complete(content)
        elif parser.headers is not None:
            self._more(content)

    def _more(self, content: bytes) -> None:
        """Part of an answer."""
        if self.state is not RECEIVING:
            if self.state is SENDING:
                self._stop_upload()
                self._parser.keep_alive = False
            self.state = RECEIVING
        inbox, parser = self._inbox, self._parser
        if inbox is None:
            if parser.length is not None and parser.length <= GATHER:
                self._gathered.append(content)
                self.deadline = self._clock() + self._between
                return
            answer = self._answer
            if answer is None or parser.headers is None or answer.done():
                self.close()
                return
            self._answer = None
            inbox = self._inbox = Inbox(self)
            answer.set_result(Response(parser.status, parser.headers, StreamedBody(inbox, parser.length)))
        if inbox.put(content):
            self.deadline = inf  # the reader's pace; the connection is not read meanwhile
            cast("asyncio.Transport", self._transport).pause_reading()
        elif not inbox.discarding:
            self.deadline = self._clock() + self._between

    def _complete(self, content: bytes) -> None:
        """The last part of an answer, or all of it."""
        parser, answer, inbox = self._parser, self._answer, self._inbox
        self._answer = self._inbox = None
        reusable = parser.keep_alive and self.state is not SENDING
        if self._gathered:
            content = b"".join([*self._gathered, content])
            self._gathered = []
        if reusable:
            self.state = IDLE
            self.deadline = self._clock() + self._idle_seconds
        else:
            self._shut()
        # First back to the roster, then the answer: whoever gets it and asks again finds this connection.
        self._keeper.done(self, reusable=reusable)
        if inbox is not None:
            inbox.put(content)
            inbox.end()
        elif answer is not None and parser.headers is not None and not answer.done():
            answer.set_result(Response(parser.status, parser.headers, Body(content)))

    def eof_received(self) -> None:
        """Part of asyncio.Protocol. With TLS it is called for a proper goodbye only, so that a cut cable ends no answer."""
        if self._answer is not None or self._inbox is not None:
            try:
                self._parser.eof()
            except OriginFault:
                pass  # told in full below
            else:
                self._complete(b"")
        self._ended(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Part of asyncio.Protocol."""
        self._ended(error)
        self._transport = None
        self._keeper.gone(self)

    def _ended(self, error: Exception | None) -> None:
        if self.state is IDLE:
            self.close()
        else:
            started = self.state is not TAKEN and self._parser.started
            self.close(failure.losing(error, started=started, retry=self._retry))

    def pause_writing(self) -> None:
        """Part of asyncio.Protocol."""
        self._full = self._loop.create_future()

    def resume_writing(self) -> None:
        """Part of asyncio.Protocol."""
        full, self._full = self._full, None
        if full is not None and not full.done():
            full.set_result(None)

    def _uploaded(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if self._upload is task:
            self._upload = None
            if isinstance(error, Exception):
                self.close(error)  # the client's fault as a rule: it went away, or broke its framing

    def _stop_upload(self) -> None:
        upload, self._upload = self._upload, None
        if upload is not None and not upload.done():
            upload.cancel()
