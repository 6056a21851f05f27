"""A request's head and body on their way to the origin, serialised anew from the message that was inspected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import EdgeFault
from edgeguard.wire.serialise import LAST_CHUNK, chunk, field_lines, request_head

if TYPE_CHECKING:
    from edgeguard.message import Body, Field, Request
    from edgeguard.origin.connection import Connection

# A body up to this is written together with its head; a larger one in slices of this, as the origin takes them. It is the amount
# at which the event loop's transports begin to push back.
SLICE = 64 * 1024

# Written here for this hop, whatever the message says: two of a kind would be two readings.
_OWN = frozenset((b"host", b"content-length", b"transfer-encoding", b"connection", b"expect"))
# Methods whose content means something, so that its absence is said (RFC 9110, section 8.6).
_WITH_CONTENT = frozenset((b"POST", b"PUT", b"PATCH"))


def head(request: Request, host: bytes) -> bytes:
    """The head, with `host` and the framing that fits the body.

    Raises:
        ValueError: a value holds a line end.
    """
    headers = request.headers
    block = headers.block
    if block is None:
        block = field_lines([item for item in headers.fields if item[0] not in _OWN])
        if headers.is_shared:
            headers.block = block
    fields: list[Field] = [(b"host", host)]
    if request.id:
        fields.append((b"x-request-id", request.id))
    lines = field_lines(fields) + block
    length = request.body.length
    if length is None:
        lines += b"transfer-encoding: chunked\r\n"
    elif length or request.method in _WITH_CONTENT:
        lines += b"content-length: %d\r\n" % length
    target = request.path if request.query is None else b"%b?%b" % (request.path, request.query)
    return request_head(request.method, target, lines)


async def slices(whole: bytes, connection: Connection, first_byte: float) -> None:
    """Write a body that is here already, but too large to be handed over at once."""
    for at in range(0, len(whole), SLICE):
        await connection.write(whole[at : at + SLICE])
    connection.sent(first_byte)


async def pieces(body: Body, connection: Connection, first_byte: float) -> None:
    """Write a body as it comes. When it is given up on the way, so is the body.

    Raises:
        Fault: the body's own, or 500 where it is not as long as it said.
    """
    length, total, finished = body.length, 0, False
    try:
        while piece := await body.read():
            total += len(piece)
            if length is not None and total > length:
                break
            await connection.write(chunk(piece) if length is None else piece)
        if length is None:
            await connection.write(LAST_CHUNK)
        elif total != length:
            raise EdgeFault(500, "body-length", "a request's body is not as long as its head says", close=True)
        finished = True
    finally:
        if not finished:
            body.abandon()
    connection.sent(first_byte)
