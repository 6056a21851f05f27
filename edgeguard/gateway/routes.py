"""Which settings a request goes by: patterns of paths and hosts, and the table of routes.

Path patterns are prefixes that end at a segment's boundary (`/api` fits `/api` and `/api/items`, not `/apiary`), or globs:
`*` is one segment or a part of one, `**` any number of segments, none included. Matching is linear, in the path as
`Request.path` has it, and nothing is remembered per path, since clients make up paths without end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import re2

from edgeguard.config.model import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.config.model import Config
    from edgeguard.message import Request

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# `wire` escapes the backslash, and leaves all other visible ASCII as the client sent it.
_KEPT = "".join(chr(octet) for octet in range(0x21, 0x7F) if octet != 0x5C)


class PathPatterns:
    """Some patterns, and whether a path fits one of them. No pattern fits nothing.

    Raises:
        ValueError: a pattern does not start with `/` or `*`.
    """

    __slots__ = ("_everything", "_globs", "_prefixes", "_stems")

    def __init__(self, patterns: Iterable[str]) -> None:
        prefixes, globs, stems = [], [], []
        for text in patterns:
            pattern = _normal(text)
            stem = pattern.removesuffix("/**")
            if "*" in stem:
                globs.append(_glob(pattern))
                stems.append(pattern.partition("*")[0].encode())
            else:
                prefixes.append(stem.rstrip("/").encode() + b"/")
        self._everything = b"/" in prefixes
        self._prefixes = tuple(prefixes)
        self._stems = tuple(stems)  # what stands before the first star: spares most paths the automaton
        self._globs = _matcher("|".join(globs)) if globs else None

    def fits(self, path: bytes) -> bool:
        """Whether `path` fits."""
        if self._everything or (path + b"/").startswith(self._prefixes):
            return True
        return self._globs is not None and path.startswith(self._stems) and self._globs.fullmatch(path) is not None


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
    mode = settings.waf or config.waf.mode
    return CompiledRoute(
        name=settings.name,
        body=config.wire.body if settings.body is None else settings.body,
        cache=settings.cache and config.cache.enabled,
        # `waf.mode` is the last word: a route may ask for less than it, never for more.
        waf=max(mode, config.waf.mode, key=("enforce", "shadow", "off").index),
        policies=None if settings.policies is None else tuple(settings.policies),
        first_byte_seconds=config.origin.first_byte_seconds if first_byte is None else first_byte,
    )


def _normal(pattern: str) -> str:
    """A pattern spelt as `Request.path` spells paths: unreserved octets plain, all others in capital hex."""
    if pattern.startswith("**"):
        pattern = "/" + pattern
    if not pattern.startswith("/"):
        raise ValueError(f"'{pattern}' is no path; it must start with /")
    head, *rest = quote(pattern, safe=_KEPT).split("%")
    return head + "".join(_triplet(part) for part in rest)


def _triplet(part: str) -> str:
    try:
        octet = int(part[:2], 16)
    except ValueError:
        raise ValueError(f"'%{part[:2]}' is no percent-encoded octet") from None
    return (chr(octet) if octet in _UNRESERVED else f"%{octet:02X}") + part[2:]


def _glob(pattern: str) -> str:
    """A glob as a regular expression for the whole path. `/**` fits nothing, or any number of segments."""
    parts = []
    for segment in pattern.split("/")[1:]:
        if segment == "**":
            parts.append("(?:/[^/]*)*")
        elif segment == "*":
            parts.append("/[^/]+")
        else:
            parts.append("/" + "[^/]*".join(re2.escape(piece) for piece in segment.split("*")))
    return "".join(parts)


def _matcher(expression: str) -> re2._Regexp[bytes]:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.never_capture = True
    return re2.compile(expression.encode(), options)
