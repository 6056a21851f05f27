"""What may come in at all: addresses, hosts, methods and paths, in this order. Nothing is inspected here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import ClientFault
from edgeguard.gateway.routes import HostPatterns
from edgeguard.identity.networks import NetworkSet
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from edgeguard.config.model import Admit
    from edgeguard.message import Client, Request


class Admission:
    """The gate.

    Attributes:
        allow_field: value of the Allow field that a 405 must carry (RFC 9110, section 15.5.6).

    Raises:
        ValueError: a pattern can't be read.
    """

    __slots__ = ("_allow", "_deny", "_hosts", "_methods", "_paths", "allow_field")

    def __init__(self, settings: Admit) -> None:
        self._deny = NetworkSet(settings.deny) if settings.deny else None
        self._allow = NetworkSet(settings.allow) if settings.allow else None
        self._hosts = HostPatterns(settings.hosts) if settings.hosts else None
        self._paths = PathPatterns(settings.paths) if settings.paths else None
        self._methods = frozenset(method.encode() for method in settings.methods) or None
        self.allow_field = ", ".join(settings.methods).encode()

    def check(self, request: Request, client: Client) -> None:
        """Return where the request may come in.

        Raises:
            ClientFault: 403 `address-denied`, 421 `unknown-host`, 405 `method-not-allowed`, or 404 `path-not-allowed`.
        """
        if self._deny is not None and self._deny.contains(client.address):
            raise ClientFault(403, "address-denied", "the address is in admit.deny")
        if self._allow is not None and not self._allow.contains(client.address):
            raise ClientFault(403, "address-denied", "the address is not in admit.allow")
        if self._hosts is not None and not self._hosts.fits(request.authority):
            raise ClientFault(421, "unknown-host", "the host is not in admit.hosts")
        if self._methods is not None and request.method not in self._methods:
            raise ClientFault(405, "method-not-allowed", "the method is not in admit.methods")
        if self._paths is not None and not self._paths.fits(request.path):
            raise ClientFault(404, "path-not-allowed", "the path fits nothing in admit.paths")
