"""The request as the origin gets it: the fields that may go on, and those that the edge alone may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.message import Headers, Request

if TYPE_CHECKING:
    from edgeguard.gateway.outlet import Link
    from edgeguard.identity.forwardable import ForwardFilter
    from edgeguard.message import Client, Field

_VIA = {b"1.1": b"1.1 edgeguard", b"1.0": b"1.0 edgeguard"}
# What trusted proxies say of the way so far, and the edge says anew.
_CHAIN = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-request-id"))


def onward(request: Request, client: Client, request_id: str, filtered: ForwardFilter, link: Link, *, trusted: bool) -> Request:
    """A new request for the origin. Method, path, query and body are the very ones that were inspected.

    A connection's requests mostly have the same fields, and they become the same ones each time; so they are kept in `link`.
    """
    kept = link.onward
    if kept is not None and kept[0] is request.headers and kept[1] == request.authority:
        headers = kept[2]
    else:
        headers = Headers(_fields(request, client, filtered, trusted=trusted))
        if request.headers.is_shared:
            link.onward = (request.headers, request.authority, headers.shared())
    return Request(
        request.method,
        request.target,
        request.path,
        request.query,
        request.scheme,
        request.authority,
        headers,
        request.body,
        request.version,
        request_id.encode(),
    )


def _fields(request: Request, client: Client, filtered: ForwardFilter, *, trusted: bool) -> list[Field]:
    """Those of the request that may go on, and what the edge says of the way so far.

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
    )
    return fields


def _node(address: bytes) -> bytes:
    """An address as RFC 7239, section 6 writes it."""
    return b'"[%b]"' % address if b":" in address else address
