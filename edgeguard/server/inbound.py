"""The body of a request that is still on its way from the client: bounded, and not slower than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import ClientFault
from edgeguard.message import Body

if TYPE_CHECKING:
    from edgeguard.server.connection import ClientConnection


class InboundBody(Body):
    """Reads from the connection's parser, and waits for the connection to bring more.

    A client may take `body_grace_seconds`, and after that must have sent `body_bytes_per_second` on average. Only the time
    in which the edge waits for it counts, so that a slow origin is not laid at its door.
    """

    __slots__ = ("_connection", "_ended", "_fault", "_waited")

    def __init__(self, connection: ClientConnection, length: int | None) -> None:
        super().__init__(None, length)
        self._connection = connection
        self._ended = False
        self._fault: ClientFault | None = None
        self._waited = 0.0

    def __repr__(self) -> str:
        of = "?" if self.length is None else self.length
        return f"InboundBody({self.received} of {of}, {'ended' if self._ended else 'open'})"

    @property
    def ended(self) -> bool:
        """Whether the last octet has been taken from the connection."""
        return self._ended

    async def read(self) -> bytes:
        """The next piece.

        Raises:
            ClientFault: 413 past `limit`, 408 when too slow, 400 when the framing breaks or the client goes away.
        """
        if self._fault is not None:
            raise self._fault
        while not self._ended:
            try:
                piece, self._ended = self._connection.parser.content()
                self._count(piece)
                if piece:
                    self._connection.body_taken()
                    return piece
                if not self._ended:
                    await self._more()
            except ClientFault as fault:
                self._fault = fault
                raise
        return b""

    def _count(self, piece: bytes) -> None:
        self.received += len(piece)
        if self.limit is not None and self.received > self.limit:
            raise ClientFault(413, "long-body", close=True)

    async def _more(self) -> None:
        connection = self._connection
        wire = connection.settings
        allowed = wire.body_grace_seconds + self.received / max(1, wire.body_bytes_per_second)
        began = connection.loop.time()
        await connection.more_body(allowed - self._waited)
        self._waited += connection.loop.time() - began
