"""One client's connection: bytes in, exchanges one by one, bytes out. Time limits and back-pressure live here; meaning does not.

    IDLE ──bytes──> HEAD ──whole head──> BUSY ──answered──> IDLE
      └──────────────┴── refused, closing, draining ──────> LINGER ──> gone

Requests that a client pipelines wait unread until the one before them is answered: order is kept by having one at a time.
"""

from __future__ import annotations

import asyncio
import socket
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
LINGER_BYTES = 1024 * 1024
_BODILESS = frozenset((204, 304))


class State(Enum):
    """Where a connection stands; see the module's picture."""

    IDLE = "idle"
    HEAD = "head"
    BUSY = "busy"
    LINGER = "linger"


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

    def __repr__(self) -> str:
        return f"ClientConnection({self.state.value}, requests={self._requests}, {self.parser!r}, {self._deadline!r})"

    # -- what the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is no subclass of it
        self.made = True
        self._transport.set_write_buffer_limits(high=self.settings.write_buffer)
        tls = transport.get_extra_info("ssl_object")
        self._link = Link(self.peer, (tls.version() or "") if tls is not None else "", self._redirect)
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
            elif parser.buffered > self.settings.read_buffer:
                self._transport.pause_reading()
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
        self._deadline.set(self.settings.write_seconds)

    def resume_writing(self) -> None:
        waiting, self._drained = self._drained, None
        self._wake(waiting)
        self._deadline.clear()

    # -- one exchange after the other

    def _advance(self) -> None:
        """Start every exchange whose head is here, until one is not finished at once or there are no more."""
        while not self._transport.is_closing():
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

    def _wait(self) -> None:
        """For the rest of a head, or for the next request."""
        if self._half_closed or self._listener.draining_idle:
            self._transport.close()
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
        if not exchange.start():
            self._exchange = exchange
            return False
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
            self._transport.resume_reading()
            self._advance()

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
        if unread and not self._half_closed:
            self.state = State.LINGER
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._transport.resume_reading()
            self._deadline.set(LINGER_SECONDS)
        else:
            self._transport.close()
            # Closing waits for what is still to be written; a client that takes nothing must not hold it open.
            self.state = State.LINGER
            self._deadline.set(self.settings.write_seconds)

    def _too_late(self) -> None:
        if self.state is State.HEAD:
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

    @staticmethod
    def _wake(waiting: asyncio.Future[None] | None, fault: Fault | None = None) -> None:
        if waiting is not None and not waiting.done():
            if fault is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(fault)

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
        self._started = True
        head = response_head(response.status, fields)
        if bodiless:
            body.abandon()
            self._transport.write(head)
            return 0
        whole = body.whole
        if whole is not None:
            self._transport.write(head + whole if len(whole) < 65536 else head)
            if len(whole) >= 65536:
                self._transport.write(whole)
            return len(whole) if self._drained is None else self._flushed(len(whole))
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

    async def _flushed(self, sent: int) -> int:
        if self._drained is not None:
            await asyncio.shield(self._drained)
        return sent

    async def _stream(self, response: Response, *, chunked: bool) -> int:
        """Piece by piece, as fast as the client takes them."""
        body, sent = response.body, 0
        try:
            while piece := await body.read():
                self._transport.write(chunk(piece) if chunked else piece)
                sent += len(piece)
                if self._drained is not None:
                    await asyncio.shield(self._drained)
        except BaseException:
            # The head has promised more. Only a connection that breaks off tells the client that it did not get all.
            body.abandon()
            self._transport.abort()
            raise
        if body.length is not None and sent != body.length:
            self._transport.abort()
        elif chunked:
            self._transport.write(LAST_CHUNK)
        return sent


def prepare(sock: socket.socket) -> None:
    """Set what every accepted socket needs: answers are written whole, so waiting to fill a segment only costs time."""
    sock.setblocking(False)  # noqa: FBT003 - the standard library's
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
