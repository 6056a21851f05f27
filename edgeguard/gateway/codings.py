"""Which content codings an origin may answer in where rules look at what it answers: those that can be undone here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.encoding import CODINGS

if TYPE_CHECKING:
    from edgeguard.message import Headers

_ACCEPT = b"accept-encoding"
_PLAIN = b"identity"


def readable(headers: Headers) -> Headers:
    """A request's fields, with the codings left out of Accept-Encoding that rules could not read; itself where there are none."""
    said = headers.get(_ACCEPT)
    if said is None:
        return headers
    listed = [each.strip() for each in said.lower().split(b",")]
    kept = [each for each in listed if each.partition(b";")[0].rstrip() in CODINGS]
    if len(kept) == len(listed):
        return headers
    changed = headers.without(frozenset((_ACCEPT,)))
    changed.add(_ACCEPT, b", ".join(kept) or _PLAIN)
    return changed
