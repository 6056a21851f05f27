"""The request line and the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def method(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.method),)


def target(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.target),)


def path(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.path),)


def host(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.host),)


def version(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.version),)


FAMILY = Family(
    extractors={
        Source.METHOD: method,
        Source.TARGET: target,
        Source.PATH: path,
        Source.HOST: host,
        Source.VERSION: version,
    },
    kinds=(
        Kind("http.request.method", (Source.METHOD,), "the method, case kept"),
        Kind("http.request.target", (Source.TARGET,), "path and query as the client sent them"),
        Kind(
            "http.request.path", (Source.PATH,), "the path as it is forwarded: unreserved octets decoded, dot segments resolved"
        ),
        Kind("http.request.version", (Source.VERSION,), "`1.0` or `1.1`"),
        Kind("http.host", (Source.HOST,), "the host asked for, lower-case, without its port"),
    ),
)
