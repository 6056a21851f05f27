"""Bodies between arrival and forwarding: held back as far as they are inspected, no further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.errors import ClientFault
from edgeguard.message import Body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.message import Request, Response


GROUP = 64 * 1024  # bytes that are put together: a body in tiny pieces costs no more than one in large ones


@dataclass(frozen=True, slots=True)
class Held:
    """A body's content as far as it was read. A large one is not put together, for copying it would hold up other requests.

    Attributes:
        size: of all pieces.
        complete: whether that is all of the body.
    """

    pieces: Sequence[bytes]
    size: int
    complete: bool

    @property
    def content(self) -> bytes:
        """All pieces in one."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    def cut(self, most: int) -> Held:
        """Its first `most` octets; itself where there are no more."""
        if self.size <= most:
            return self
        pieces: list[bytes] = []
        for piece in self.pieces:
            pieces.append(piece[:most])
            most -= len(pieces[-1])
            if not most:
                break
        return Held(pieces, sum(map(len, pieces)), complete=False)


class HeldBody(Body):
    """A large body that is here as a whole, in pieces. It can be read again from its beginning."""

    __slots__ = ("_next", "held")

    def __init__(self, held: Held) -> None:
        super().__init__(None, held.size)
        self.held = held
        self.received = held.size
        self._next = 0

    async def read(self) -> bytes:
        if self._next == len(self.held.pieces):
            return b""
        self._next += 1
        return self.held.pieces[self._next - 1]

    def rewind(self) -> bool:
        self._next = 0
        return True


class PrefixedBody(Body):
    """A body whose beginning has been read already; the `rest` comes from where it came from."""

    __slots__ = ("_held", "rest")

    def __init__(self, held: Iterable[bytes], rest: Body) -> None:
        super().__init__(None, rest.length)
        self._held = iter(held)
        self.rest = rest

    async def read(self) -> bytes:
        for piece in self._held:
            return piece
        return await self.rest.read()

    def abandon(self) -> None:
        self.rest.abandon()


def limit_body(request: Request, most: int) -> None:
    """Refuse a body that is known to be too large, and have any other stopped when it grows past `most` octets.

    Raises:
        ClientFault: 413.
    """
    body = request.body
    if body.length is not None and body.length > most:
        raise ClientFault(413, "long-body", close=body.whole is None)
    body.limit = most


async def hold(message: Request | Response, most: int) -> Held:
    """Read up to `most` octets of a body and put them back in front of the rest.

    Returns:
        what was read: more than `most` octets where it is not all of it.

    Raises:
        Fault: from the body.
    """
    body = message.body
    if body.whole is not None:
        return Held((body.whole,), len(body.whole), complete=True)
    if isinstance(body, HeldBody):
        return body.held
    pieces: list[bytes] = []
    group: list[bytes] = []
    size = grouped = 0
    piece = b"-"
    while piece and size <= most:
        piece = await body.read()
        size += len(piece)
        grouped += len(piece)
        group.append(piece)
        if grouped >= GROUP or not piece or size > most:
            pieces.append(group[0] if len(group) == 1 else b"".join(group))
            group, grouped = [], 0
    if piece:
        message.body = PrefixedBody(pieces, body)
        return Held(pieces, size, complete=False)
    held = Held([piece for piece in pieces if piece], size, complete=True)
    message.body = Body(held.content) if size <= GROUP else HeldBody(held)
    return held
