"""The client's address: the connection's other end, or what trusted proxies say stands behind it.

A field counts only as far as trusted hands wrote it. The walk goes from the edge outwards and ends at the first address
that is no trusted proxy; what stands further left was written by strangers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.forwarded import hops_of_forwarded, hops_of_list
from edgeguard.identity.networks import NetworkSet

if TYPE_CHECKING:
    from edgeguard.config.model import Identity
    from edgeguard.message import Headers


class AddressResolver:
    """Finds the client's address."""

    __slots__ = ("_field", "_hops", "trusted")

    def __init__(self, settings: Identity) -> None:
        self.trusted = NetworkSet(settings.trusted_proxies)
        self._field = settings.forwarded.encode()
        self._hops = hops_of_forwarded if settings.forwarded == "forwarded" else hops_of_list

    def resolve(self, peer: str, headers: Headers) -> str:
        """The client's address behind `peer`, which is a trusted proxy in canonical text.

        A hop that hides itself or can't be read ends the walk at the last address that is known, and so does the bound on
        hops. A field that is absent leaves the peer.
        """
        value = headers.get(self._field)
        address = peer
        if value is not None:
            for hop in self._hops(value):
                if hop is None:
                    break
                address = hop
                if not self.trusted.contains(hop):
                    break
        return address
