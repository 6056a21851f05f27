"""The key of a URL: scheme, authority in one spelling, normalised path, and the query as it was sent.

The account is no part of it: what may be shared between accounts is told by `policy`, and where answers differ by a
credential the origin says so with Vary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.wire.grammar import FramingError
from edgeguard.wire.target import normalise, split

if TYPE_CHECKING:
    from edgeguard.message import Request

_PORTS = {b"http": b":80", b"https": b":443"}


def url_key(scheme: bytes, authority: bytes, path: bytes, query: bytes | None) -> bytes:
    """The key; a space, which no part can hold, keeps the authority from running into the path."""
    if b":" in authority:
        authority = authority.removesuffix(_PORTS.get(scheme, b":")).removesuffix(b":")
    if query is None:
        return scheme + b" " + authority + b" " + path
    return scheme + b" " + authority + b" " + path + b"?" + query


def both_schemes(authority: bytes, path: bytes, query: bytes | None) -> list[bytes]:
    """The keys of a URL however the client reached the edge."""
    return [url_key(scheme, authority, path, query) for scheme in _PORTS]


def related(request: Request, reference: bytes) -> list[bytes]:
    """The keys that a Location or Content-Location in the answer to `request` means.

    Empty where it leads to another host: no one may invalidate what is not theirs (RFC 9111, section 4.4).
    """
    reference = reference.strip(b" \t").partition(b"#")[0]
    if reference.startswith(b"//"):
        reference = request.scheme + b":" + reference
    elif b"://" not in reference.partition(b"?")[0] and not reference.startswith(b"/"):
        reference = _relative(request, reference)
    try:
        authority, path, query = split(reference, b"GET")
        path = normalise(path)
    except FramingError:
        return []
    own = url_key(request.scheme, request.authority, b"", None)
    if authority is not None and url_key(request.scheme, authority, b"", None) != own:
        return []
    return both_schemes(request.authority, path, query)


def _relative(request: Request, reference: bytes) -> bytes:
    """A reference without scheme, host and leading slash, as a path (RFC 3986, section 5.2)."""
    if not reference or reference.startswith(b"?"):
        return request.path + reference
    return request.path.rpartition(b"/")[0] + b"/" + reference
