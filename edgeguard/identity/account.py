"""Who asks: the client's address and the account, found from a connection's peer and a request.

Which places may name an account is configured; each kind of place is a file beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.config.model import FromCookie, FromHeader, FromHostLabel, FromJWT, FromToken
from edgeguard.identity.address import AddressResolver
from edgeguard.identity.cookie import CookieSource
from edgeguard.identity.header import HeaderSource
from edgeguard.identity.jwt import JWTSource
from edgeguard.identity.networks import canonical
from edgeguard.identity.place import HostLabelSource, PathSegmentSource
from edgeguard.identity.token import TokenSource
from edgeguard.message import Client

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.config.model import AccountSource, Identity
    from edgeguard.identity.credential import Source
    from edgeguard.message import Account, Request


class Identifier:
    """Finds out who asks.

    Args:
        settings: the configuration's `identity`.
        key: of the hashes, from `credential.read_key`; the same in all workers.
        clock: for the expiry of signed tokens.

    Raises:
        OSError: a file that a source names can't be read.
        ValueError: such a file does not hold what it should.
    """

    __slots__ = ("_resolver", "_sources", "_trusted")

    def __init__(self, settings: Identity, key: bytes, clock: Clock | None = None) -> None:
        self._resolver = AddressResolver(settings)
        self._trusted = self._resolver.trusted
        self._sources = tuple(_source(item, key, clock).account for item in settings.accounts)

    def trusts(self, peer: str) -> bool:
        """Whether a connection's other end is a trusted proxy."""
        return self._trusted.contains(canonical(peer))

    def identify(self, peer: str, request: Request) -> Client:
        """Who sent `request` over a connection from `peer`, an address as the socket gives it. Never raises."""
        if ":" in peer:
            peer = canonical(peer)
        address, trusted = peer, False
        if self._trusted.size and self._trusted.contains(peer):
            trusted = True
            address = self._resolver.resolve(peer, request.headers)
        account: Account | None = None
        for source in self._sources:
            account = source(request, trusted)
            if account is not None:
                break
        return Client(address, peer, account)


def _source(settings: AccountSource, key: bytes, clock: Clock | None) -> Source:
    if isinstance(settings, FromToken):
        return TokenSource(settings, key)
    if isinstance(settings, FromHeader):
        return HeaderSource(settings, key)
    if isinstance(settings, FromCookie):
        return CookieSource(settings, key)
    if isinstance(settings, FromJWT):
        return JWTSource(settings, key, clock)
    if isinstance(settings, FromHostLabel):
        return HostLabelSource(settings, key)
    return PathSegmentSource(settings, key)
