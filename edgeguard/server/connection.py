"""One client's connection: bytes in, exchanges one by one, bytes out. Time limits and back-pressure live here; meaning does not.

    IDLE ──bytes──> HEAD ──whole head──> BUSY ──answered──> IDLE
      └──────────────┴── refused, closing, draining ──────> LINGER ──> gone

Requests that a client pipelines wait unread until the one before them is answered: order is kept by having one at a time.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, cast

from edgeguard.errors import ClientFault, Fault
from edgeguard.gateway.outlet import Link
from edgeguard.server.eager import Driver
from edgeguard.server.inbound import InboundBody
from edgeguard.server.timers import Deadline
from edgeguard.wire.request import HeadLimits, RequestParser
from edgeguard.wire.serialise import CONTINUE, LAST_CHUNK, chunk, response_head

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.config.model import Wire
    from edgeguard.gateway.exchange import Gateway
    from edgeguard.message import Field, Request, Response
    from edgeguard.server.listener import Listener

# After a refusal the client may still be sending. Closing at once would reset the connection and could destroy the answer on its
# way, so what comes is thrown away for a while (RFC 9112, section 9.6).
LINGER_SECONDS = 2.0
LINGER_BYTES = 16 * 1024 * 1024  # reading them costs less than the client's sending; the time is the bound that counts
# Exchanges that one connection may have in one turn of the loop: a burst of pipelined requests must not make all others wait.
EXCHANGES_AT_ONCE = 16
_BODILESS = frozenset((204, 304))


class State(Enum):
    """Where a connection stands; see the module's picture."""

    IDLE = "idle"
    HEAD = "head"
    BUSY = "busy"
    LINGER = "linger"


class _Gone(asyncio.Transport):
    """Stands where the transport stood once the connection is lost, for what is still to be cleared up."""

    def is_closing(self) -> bool:
        return True

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nobody is there."""

    def write_eof(self) -> None:
        """Nobody is there."""

    def pause_reading(self) -> None:
        """Nothing will come."""

    def resume_reading(self) -> None:
        """Nothing will come."""

    def close(self) -> None:
        """It is closed."""

    def abort(self) -> None:
        """It is closed."""


_GONE = _Gone()


class ClientConnection(asyncio.Protocol):
    """See the module. It is the gateway's `Outlet`.

    Args:
        listener: counts connections, and knows whether the worker is draining.
        peer: the other end's address.
        gateway: runs each exchange.
        redirect: see `Link`.

    Attributes:
        made: whether the transport has been handed over; from then on `connection_lost` will come.
    """

    __slots__ = (
        "_body",
        "_close_after",
        "_deadline",
        "_drained",
        "_exchange",
        "_gateway",
        "_half_closed",
        "_lingered",
        "_link",
        "_listener",
        "_more",
        "_patience",
        "_redirect",
        "_requests",
        "_started",
        "_transport",
        "loop",
        "made",
        "parser",
        "peer",
        "settings",
        "state",
    )

    _transport: asyncio.Transport
    _link: Link

    def __init__(
        self,
        listener: Listener,
        peer: str,
        gateway: Gateway,
        settings: Wire,
        scheme: bytes,
        loop: asyncio.AbstractEventLoop,
        redirect: int | None = None,
    ) -> None:
        self.peer = peer
        self.made = False
        self.loop = loop
        self.settings = settings
        self.parser = RequestParser(HeadLimits(settings.request_line, settings.header_bytes, settings.header_fields), scheme)
        self.state = State.IDLE
        self._listener = listener
        self._redirect = redirect
        self._gateway = gateway
        self._body: InboundBody | None = None
        self._more: asyncio.Future[None] | None = None  # set while the exchange waits for more of the body
        self._drained: asyncio.Future[None] | None = None  # set while the client takes less than it is sent
        self._exchange: Driver | None = None
        self._deadline = Deadline(loop, self._too_late)
        self._requests = 0
        self._started = False  # whether a response's first byte has gone out in the running exchange
        self._close_after = False
        self._half_closed = False
        self._lingered = 0
        self._patience = 0.0  # the loop's time until which a closing connection may take to be flushed

    def __repr__(self) -> str:
        return f"ClientConnection({self.state.value}, requests={self._requests}, {self.parser!r}, {self._deadline!r})"

    # -- what the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is no subclass of it
        self.made = True
        self._transport.set_write_buffer_limits(high=self.settings.write_buffer)
        tls = transport.get_extra_info("ssl_object")
        peer, local = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._link = Link(
            self.peer,
            (tls.version() or "") if tls is not None else "",
            peer[1] if isinstance(peer, tuple) else 0,
            local[:2] if isinstance(local, tuple) else ("", 0),
            self._redirect,
        )
        self._listener.opened(self)
        self._deadline.set(self.settings.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's; why makes no difference
        self.state = State.LINGER
        self._deadline.close()
        self._listener.closed(self)
        self._wake(self._drained, ClientFault(499, "client-gone", close=True))
        self._wake(self._more, ClientFault(400, "incomplete-body", close=True))
        if self._exchange is not None:
            self._exchange.cancel()
        # Nothing may hold this and the transport in a circle: TLS has large buffers, and workers look for circles seldom.
        self._body = None
        self._transport = _GONE

    def data_received(self, data: bytes) -> None:
        if self.state is State.LINGER:
            self._lingered += len(data)
            if self._lingered > LINGER_BYTES:
                self._transport.abort()
            return
        parser = self.parser
        parser.receive(data)
        if self.state is State.BUSY:
            if self._more is not None:
                self._wake(self._more)
            if parser.buffered > self.settings.read_buffer:
                self._transport.pause_reading()  # or a fast client's megabytes would be read in one turn of the loop
            return
        self._advance()

    def eof_received(self) -> bool:
        """The client has said its last word; it may still listen (RFC 9112, section 9.6), unless TLS is in between."""
        self._half_closed = True
        if self.state is not State.BUSY:
            return False
        self._wake(self._more, ClientFault(400, "incomplete-body", close=True))
        return not self._link.tls

    def pause_writing(self) -> None:
        if self._drained is None:
            self._drained = self.loop.create_future()
        if self.state is State.BUSY:
            self._deadline.set(self.settings.write_seconds)

    def resume_writing(self) -> None:
        waiting, self._drained = self._drained, None
        self._wake(waiting)
        if self.state is State.BUSY:
            self._deadline.clear()

    # -- one exchange after the other

    def _advance(self) -> None:
        """Start every exchange whose head is here, until one is not finished at once or there are no more."""
        for _ in range(EXCHANGES_AT_ONCE):
            if self._transport.is_closing():
                return
            try:
                request = self.parser.next_request()
            except ClientFault as fault:
                self._refuse(fault)
                return
            if request is None:
                self._wait()
                return
            if not self._begin(request):
                return
        self.state = State.BUSY
        self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self.state is not State.LINGER and not self._transport.is_closing():
            self._advance()
            if self.state is not State.BUSY:
                self._transport.resume_reading()  # not before what is here is used up, or it would grow with each answer

    def _wait(self) -> None:
        """For the rest of a head, or for the next request."""
        if self._half_closed or self._listener.draining_idle:
            self._close(unread=False)
        elif self.parser.buffered == 0:
            self.state = State.IDLE
            # The first request has as long as a head may take: who connects has something to say.
            self._deadline.set(self.settings.idle_seconds if self._requests else self.settings.header_seconds)
        elif self.state is not State.HEAD:
            self.state = State.HEAD
            self._deadline.set(self.settings.header_seconds)

    def _begin(self, request: Request) -> bool:
        """Start an exchange; True where it is over already and another may follow."""
        self.state = State.BUSY
        self._deadline.clear()
        self._requests += 1
        self._started = False
        self._close_after = not self.parser.keep_alive or self._requests >= self.settings.requests_per_connection
        if self.parser.decoder is not None:
            self._body = request.body = InboundBody(self, request.body.length)
        exchange = Driver(self._gateway.run(request, self._link, self), self._ended)
        try:
            if not exchange.start():
                self._exchange = exchange
                return False
        except BaseException:
            self._transport.abort()  # see `_ended`
            raise
        return self._end()

    def _ended(self, error: BaseException | None) -> None:
        self._exchange = None
        if error is not None:
            self._transport.abort()
            if not isinstance(error, asyncio.CancelledError):
                raise error  # the gateway answers for every fault, so this is a defect; the loop tells it
        if self.state is State.LINGER or self._transport.is_closing():
            return
        if self._end():
            self._go_on()

    def _end(self) -> bool:
        """After an exchange: go on, or go; True where another may follow."""
        unread = self._body is not None and not self._body.ended
        self._body = None
        if self._close_after or unread or not self._started:
            self._close(unread=unread)
            return False
        self.state = State.IDLE
        return True

    def _refuse(self, fault: ClientFault) -> None:
        """Answer what is no request, and trust nothing more from here."""
        self.state = State.BUSY
        self._started = False
        self._close_after = True
        self._gateway.refuse(fault, self._link, self)
        self._close(unread=True)

    def _close(self, *, unread: bool) -> None:
        """Go, but not before the client can have the answer. `unread`: it has sent, or is sending, what nobody will read."""
        says_so = self._transport.can_write_eof()  # not through TLS
        # A client that did not ask for the end may just be sending its next request.
        if (unread or (self.parser.keep_alive and says_so)) and not self._half_closed:
            if says_so:
                self._transport.write_eof()
            self._transport.resume_reading()
        else:
            self._transport.close()
        self.state = State.LINGER
        self._patience = self.loop.time() + self.settings.write_seconds
        self._deadline.set(LINGER_SECONDS)

    def _too_late(self) -> None:
        if self.state is State.LINGER and self._transport.get_write_buffer_size() and self.loop.time() < self._patience:
            self._deadline.set(LINGER_SECONDS)  # the answer is still on its way
        elif self.state is State.HEAD:
            self._refuse(ClientFault(408, "slow-header", close=True))
        elif self._more is not None:
            self._wake(self._more, ClientFault(408, "slow-body", close=True))
        else:
            # Idle for too long, or takes nothing: there is nobody to tell.
            self._transport.abort()

    def close_if_idle(self) -> None:
        """Close a connection on which nothing is going on."""
        if self.state is State.IDLE:
            self._transport.close()

    def abort(self) -> None:
        """Close now, whatever is on its way."""
        self._transport.abort()

    # -- the request's body

    async def more_body(self, seconds: float) -> None:
        """Wait until more of the body is here.

        Raises:
            ClientFault: 408 after `seconds`, or 400 when the client goes away.
        """
        if self._half_closed or self._transport.is_closing():
            raise ClientFault(400, "incomplete-body", close=True)
        if self.parser.expects_continue and not self._started:
            self.parser.expects_continue = False
            self._transport.write(CONTINUE)
        self._more = self.loop.create_future()
        self._deadline.set(max(0.0, seconds))
        self._transport.resume_reading()
        try:
            await self._more
        finally:
            self._more = None
            self._deadline.clear()

    def body_taken(self) -> None:
        """A piece of the body was taken from the parser, and there is room for more."""
        self._transport.resume_reading()

    @staticmethod
    def _wake(waiting: asyncio.Future[None] | None, fault: Fault | None = None) -> None:
        if waiting is not None and not waiting.done():
            if fault is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(fault)
                waiting.exception()  # nobody may be left to take it

    # -- the response

    def send(self, request: Request | None, response: Response, *, close: bool) -> Awaitable[int] | int:
        """See `Outlet`."""
        if close or self._listener.draining:
            self._close_after = True
        body, fields = response.body, response.headers.fields
        bodiless = response.status in _BODILESS or (request is not None and request.method == b"HEAD")
        if self._body is not None and not self._body.ended:
            self._close_after = True
        if not bodiless:
            fields, chunked = self._framed(request, fields, body.length)
        if self._close_after:
            fields = [*fields, (b"connection", b"close")]
        elif request is not None and request.version == b"1.0":
            fields = [*fields, (b"connection", b"keep-alive")]
        head = response_head(response.status, fields)
        self._started = True
        if bodiless:
            body.abandon()
            self._transport.write(head)
            return self._sent(request, 0)
        whole = body.whole
        if whole is not None:
            self._transport.write(head + whole if len(whole) < 65536 else head)
            if len(whole) >= 65536:
                self._transport.write(whole)
            return self._sent(request, len(whole))
        self._transport.write(head)
        return self._stream(response, chunked=chunked)

    def _framed(self, request: Request | None, fields: list[Field], length: int | None) -> tuple[list[Field], bool]:
        """The fields with the one that frames the content, and whether it is chunked (RFC 9112, section 6)."""
        if length is not None:
            return [*fields, (b"content-length", b"%d" % length)], False
        if request is None or request.version == b"1.0":
            self._close_after = True
            return fields, False
        return [*fields, (b"transfer-encoding", b"chunked")], True

    def _sent(self, request: Request | None, size: int) -> Awaitable[int] | int:
        """`size`, once there is room for the next answer; after what was no request, there is none."""
        return size if self._drained is None or request is None else self._flushed(size)

    async def _flushed(self, sent: int) -> int:
        if self._drained is not None:
            await asyncio.shield(self._drained)
        return sent

    async def _stream(self, response: Response, *, chunked: bool) -> int:
        """Piece by piece, as fast as the client takes them."""
        body, sent = response.body, 0
        try:
            while piece := await body.read():
                sent += len(piece)
                if body.length is not None and sent > body.length:
                    break  # what is too much would be read as the beginning of the next answer
                self._transport.write(chunk(piece) if chunked else piece)
                if self._drained is not None:
                    await asyncio.shield(self._drained)
        except BaseException:
            # The head has promised more. Only a connection that breaks off tells the client that it did not get all.
            body.abandon()
            self._transport.abort()
            raise
        if body.length is not None and sent != body.length:
            body.abandon()
            self._transport.abort()
        elif chunked:
            self._transport.write(LAST_CHUNK)
        return sent
