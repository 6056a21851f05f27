"""What the gateway asks of a client's connection. The connection itself, and everything asyncio, lives in `server`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.message import Headers, Request, Response


@dataclass(slots=True)
class Link:
    """What is known of a client's connection for as long as it lasts.

    Attributes:
        peer: the other end's address, without its port.
        tls: such as `TLSv1.3`, or "" for plain text.
        port: the other end's port.
        local: this end's address and port; empty and 0 where the transport does not say.
        redirect: the port to which every request is sent, for https; None where requests are answered.
        trusted: whether the peer is a trusted proxy; None until somebody asked.
        onward: what the last request's fields and host became for the origin; see `gateway.onward`.
    """

    peer: str
    tls: str
    port: int = 0
    local: tuple[str, int] = ("", 0)
    redirect: int | None = None
    trusted: bool | None = None
    onward: tuple[Headers, bytes, Headers] | None = None


class Outlet(Protocol):
    """The way back to the client of one exchange."""

    def send(self, request: Request | None, response: Response, *, close: bool) -> Awaitable[int] | int:
        """Write a whole response.

        Args:
            request: None where none could be read.
            response: its fields hold neither framing nor anything of one hop.
            close: end the connection after it.

        Returns:
            octets of content sent: at once where the content was whole, else when its last piece has been taken.
        """
        ...
