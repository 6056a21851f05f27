"""Which settings a request goes by: patterns of hosts, and the table of routes. Patterns of paths are `wire`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.config.model import Route
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.config.model import Config
    from edgeguard.message import Request


class HostPatterns:
    """Host names, exact or `*.example.com` (any number of labels before it, one at least).

    Raises:
        ValueError: a pattern has a port, or a star elsewhere.
    """

    __slots__ = ("_exact", "_suffixes")

    def __init__(self, patterns: Iterable[str]) -> None:
        exact, suffixes = set(), []
        for text in patterns:
            name = text.lower().removesuffix(".")
            wild = name.startswith("*.")
            name = name.removeprefix("*.")
            if not name or "*" in name or "/" in name or (":" in name and not name.startswith("[")) or name.endswith("]:"):
                raise ValueError(f"'{text}' is no host name; write it like cms.example.com or *.example.com, without a port")
            octets = name.encode() if name.isascii() else name.encode("idna")
            if wild:
                suffixes.append(b"." + octets)
            else:
                exact.add(octets)
        self._exact = frozenset(exact)
        self._suffixes = tuple(suffixes)

    def fits(self, authority: bytes) -> bool:
        """Whether an authority, in lower case, with or without port, names one of the hosts."""
        if authority in self._exact:
            return True
        host = host_of(authority)
        return host in self._exact or (host.endswith(self._suffixes) and not host.startswith(b"."))


def host_of(authority: bytes) -> bytes:
    """The host of an authority: without its port, which may be empty (RFC 3986, section 3.2.3), and the root's dot."""
    head, colon, port = authority.rpartition(b":")
    if colon and (not port or port.isdigit()):
        authority = head
    return authority.removesuffix(b".")


@dataclass(frozen=True, slots=True)
class CompiledRoute:
    """A route's settings, with the general ones filled in where it has none.

    Attributes:
        name: as configured, or `default`.
        body: largest body, bytes.
        cache: whether answers may be kept and reused.
        waf: how rules act here.
        policies: names of the limits that count here; None: all that are not by route.
        first_byte_seconds: how long the origin may take until its response starts.
    """

    name: str
    body: int
    cache: bool
    waf: Literal["enforce", "shadow", "off"]
    policies: tuple[str, ...] | None
    first_byte_seconds: float


class _Entry:
    """A route and what a request must look like for it; None leaves a matter open."""

    __slots__ = ("hosts", "methods", "paths", "route")

    def __init__(self, settings: Route, route: CompiledRoute) -> None:
        self.route = route
        self.paths = PathPatterns(settings.paths)
        self.methods = frozenset(method.encode() for method in settings.methods) or None
        self.hosts = HostPatterns(settings.hosts) if settings.hosts else None

    def fits(self, request: Request) -> bool:
        return (
            self.paths.fits(request.path)
            and (self.methods is None or request.method in self.methods)
            and (self.hosts is None or self.hosts.fits(request.authority))
        )


class RouteTable:
    """The routes in order, and at their end one called `default` that takes what is left.

    Raises:
        ValueError: a pattern can't be read.
    """

    __slots__ = ("_entries", "default", "routes")

    def __init__(self, config: Config) -> None:
        self.default = _compile(Route(name="default"), config)
        self._entries = tuple(_Entry(settings, _compile(settings, config)) for settings in config.routes)
        self.routes = (*(entry.route for entry in self._entries), self.default)

    def find(self, request: Request) -> CompiledRoute:
        """The first route that fits."""
        for entry in self._entries:
            if entry.fits(request):
                return entry.route
        return self.default


def _compile(settings: Route, config: Config) -> CompiledRoute:
    first_byte = settings.first_byte_seconds
    mode = (settings.waf and settings.waf.mode) or config.waf.mode
    return CompiledRoute(
        name=settings.name,
        body=config.wire.body if settings.body is None else settings.body,
        cache=settings.cache and config.cache.enabled,
        # `waf.mode` is the last word: a route may ask for less than it, never for more.
        waf=max(mode, config.waf.mode, key=("enforce", "shadow", "off").index),
        policies=None if settings.policies is None else tuple(settings.policies),
        first_byte_seconds=config.origin.first_byte_seconds if first_byte is None else first_byte,
    )
