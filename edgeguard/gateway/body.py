"""Bodies between arrival and forwarding: held back as far as they are inspected, no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import ClientFault
from edgeguard.message import Body

if TYPE_CHECKING:
    from edgeguard.message import Request, Response


class PrefixedBody(Body):
    """A body whose beginning has been read already; the rest comes from where it came from."""

    __slots__ = ("_held", "_rest")

    def __init__(self, held: bytes, rest: Body) -> None:
        super().__init__(None, rest.length)
        self._held = held
        self._rest = rest

    async def read(self) -> bytes:
        if self._held:
            held, self._held = self._held, b""
            return held
        return await self._rest.read()

    def abandon(self) -> None:
        self._rest.abandon()


def limit_body(request: Request, most: int) -> None:
    """Refuse a body that is known to be too large, and have any other stopped when it grows past `most` octets.

    Raises:
        ClientFault: 413.
    """
    body = request.body
    if body.length is not None and body.length > most:
        raise ClientFault(413, "long-body", close=body.whole is None)
    body.limit = most


async def hold(message: Request | Response, most: int) -> tuple[bytes, bool]:
    """Read up to `most` octets of a body and put them back in front of the rest.

    Returns:
        what was read, and whether that is all of it. At least `most` octets where it is not.

    Raises:
        Fault: from the body.
    """
    body = message.body
    if body.whole is not None:
        return body.whole, True
    pieces: list[bytes] = []
    size = 0
    while size <= most:
        piece = await body.read()
        if not piece:
            whole = b"".join(pieces)
            message.body = Body(whole)
            return whole, True
        pieces.append(piece)
        size += len(piece)
    held = b"".join(pieces)
    message.body = PrefixedBody(held, body)
    return held, False
