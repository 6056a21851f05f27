"""What a client is told when it gets no answer from the CMS: RFC 9457 problem details, or a small page for browsers.

Nothing of the inside is told: no rule, no address, no software. By the request id an operator finds the rest in the log.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from edgeguard.message import Body, Headers, Response

if TYPE_CHECKING:
    from edgeguard.message import Field, Request

_MORE = {
    400: "The request is not well-formed HTTP, or could be read in more than one way.",
    403: "The request was refused. If this is a mistake, tell the operator of this site the request id below.",
    408: "The request took too long to arrive.",
    413: "The content is larger than this resource takes.",
    414: "The address is too long.",
    417: "The expectation can't be met.",
    421: "This server does not answer for the host that was asked for.",
    429: "There were too many requests. Please wait as long as Retry-After says.",
    431: "The header is too large, or has too many fields.",
    502: "The server behind this one gave no valid answer. Please try again.",
    503: "The service can't take the request right now. Please try again in a moment.",
    504: "The server behind this one took too long. Please try again.",
}
_CODE = "REQUEST_BEYOND_LIMITS"
_LOCATION = 2048  # octets of an address that a client is sent to
_TITLES = {status.value: status.phrase for status in HTTPStatus}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{status} {title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:18vh auto;padding:0 1.5rem;color:#222;background:#fff}}
code{{color:#666}}@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}}}</style>
<h1>{title}</h1><p>{more}</p><p><code>{status} · {request_id}</code></p></html>
"""


def problem(status: int, request_id: str, request: Request | None, fields: list[Field], more: str = "") -> Response:
    """An answer for a status of 400 to 599.

    Args:
        status: the HTTP status.
        request_id: shown to the client, and in the log.
        request: decides by Accept whether it is a page; None where none could be read.
        fields: added to the response, such as Retry-After.
        more: a sentence or two instead of the usual ones; without quotes, backslashes and markup.
    """
    title, more = _TITLES.get(status, "Error"), more or _MORE.get(status, "")
    if request is not None and _wants_page(request):
        kind = b"text/html; charset=utf-8"
        text = _PAGE.format(status=status, title=title, more=more, request_id=request_id)
    else:
        kind = b"application/problem+json"
        detail = f'"detail":"{more}",' if more else ""
        text = f'{{"type":"about:blank","title":"{title}","status":{status},{detail}"request_id":"{request_id}"}}\n'
    headers = Headers([(b"content-type", kind), (b"cache-control", b"no-store"), *fields])
    return Response(status, headers, Body(text.encode()))


def graphql_problem(status: int, request_id: str, why: str) -> Response:
    """An answer as GraphQL tells errors, for a request that asks for too much; no part of it was executed.

    Args:
        status: the HTTP status.
        request_id: as in `problem`.
        why: which limit, in the edge's own words.
    """
    error = {"message": f"The request asks for more than it may: {why}", "extensions": {"code": _CODE, "request_id": request_id}}
    headers = Headers([(b"content-type", b"application/json"), (b"cache-control", b"no-store")])
    return Response(status, headers, Body(json.dumps({"errors": [error]}).encode() + b"\n"))


def to_https(request: Request, port: int) -> Response:
    """Send the client to the same address over TLS; 308 keeps method and content (RFC 9110, section 15.4.9)."""
    place = b"https://" + request.host + (b"" if port == 443 else b":%d" % port) + request.path
    if request.query is not None:
        place += b"?" + request.query
    return Response(308, Headers([(b"location", place)]))


def elsewhere(status: int, location: bytes) -> Response:
    """Send the client to another address. What of it may have come from a client can't break out of its field."""
    place = b"".join(bytes([octet]) if 0x20 < octet < 0x7F else b"%%%02X" % octet for octet in location[:_LOCATION])
    return Response(status, Headers([(b"location", place), (b"cache-control", b"no-store")]), Body(b""))


def _wants_page(request: Request) -> bool:
    """Browsers name text/html when they navigate; API clients do not."""
    accept = request.headers.get(b"accept")
    return accept is not None and b"text/html" in accept[:1024]
