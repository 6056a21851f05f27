"""From the bytes of a request to one that rules can be asked about, and whether the edge itself would take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.conformance.lenient import read_request
from edgeguard.errors import ClientFault
from edgeguard.message import Body
from edgeguard.waf.explain.explanation import Refusal
from edgeguard.waf.explain.run import Read
from edgeguard.wire.request import HeadLimits, RequestParser

if TYPE_CHECKING:
    from edgeguard.config.model import Wire
    from edgeguard.message import Client


def read(raw: bytes, client: Client, wire: Wire | None = None, scheme: bytes = b"https") -> tuple[Read, Refusal | None]:
    """The request as the edge reads it; where the edge refuses it, as a forgiving server would, with the refusal.

    Args:
        raw: the request as HTTP/1.1.
        client: who sent it.
        wire: limits of the edge; the usual ones without.
        scheme: how the client reached the edge.
    """
    limits = HeadLimits() if wire is None else HeadLimits(wire.request_line, wire.header_bytes, wire.header_fields)
    parser = RequestParser(limits, scheme)
    parser.receive(raw)
    try:
        request = parser.next_request()
        if request is None:
            refusal = Refusal(400, "incomplete", "its head has no end")
        else:
            body, ended = [request.body.whole or b""], parser.decoder is None
            while not ended:
                piece, ended = parser.content()
                body.append(piece)
                if not piece and not ended:
                    break
            whole = b"".join(body)
            if ended:
                request.body = Body(whole)
            return Read(request, whole, ended, client), None
    except ClientFault as fault:
        refusal = Refusal(fault.status, fault.reason, fault.detail)
    reading = read_request(raw)
    return Read(reading.request, reading.content, reading.complete, client), refusal
