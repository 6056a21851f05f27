"""The request as the origin gets it: the fields that may go on, and those that the edge alone may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.message import Headers, Request

if TYPE_CHECKING:
    from edgeguard.identity.forwardable import ForwardFilter
    from edgeguard.message import Client

_VIA = {b"1.1": b"1.1 edgeguard", b"1.0": b"1.0 edgeguard"}
# What trusted proxies say of the way so far, and the edge says anew.
_CHAIN = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-request-id"))


def onward(request: Request, client: Client, request_id: str, filtered: ForwardFilter, *, trusted: bool) -> Request:
    """A new request for the origin. Method, path, query and body are the very ones that were inspected.

    Forwarded (RFC 7239) and its older kin name the client and, where that is another, the trusted proxy it came through.
    """
    fields = filtered.forwardable(request.headers, trusted).fields
    address = client.address.encode()
    hop = b'for=%b;host="%b";proto=%b' % (_node(address), request.authority, request.scheme)
    via = _VIA[request.version]
    if (before := request.headers.get(b"via")) is not None:
        fields = [field for field in fields if field[0] != b"via"]
        via = before + b", " + via
    if trusted:
        fields = [field for field in fields if field[0] not in _CHAIN]
        # Written anew from what was understood: a chain is only as good as the parser that reads it at the origin.
        peer = client.peer.encode()
        if peer != address:
            hop += b", for=" + _node(peer)
            address += b", " + peer
    fields += (
        (b"via", via),
        (b"forwarded", hop),
        (b"x-forwarded-for", address),
        (b"x-forwarded-host", request.authority),
        (b"x-forwarded-proto", request.scheme),
        (b"x-request-id", request_id.encode()),
    )
    return Request(
        request.method,
        request.target,
        request.path,
        request.query,
        request.scheme,
        request.authority,
        Headers(fields),
        request.body,
        request.version,
    )


def _node(address: bytes) -> bytes:
    """An address as RFC 7239, section 6 writes it."""
    return b'"[%b]"' % address if b":" in address else address
