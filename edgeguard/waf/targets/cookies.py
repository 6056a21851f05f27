"""Cookies, split as origins split them: at `;`, name before the first `=`, quotes around the value taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.url_decode import url_decode

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> list[Pair]:
    pairs = seen.cookies
    if pairs is None:
        header = seen.request.headers.get(b"cookie")
        pairs = seen.cookies = _split(header) if header else []
    return pairs


def names(seen: Seen) -> list[Pair]:
    return [(name, name) for name, _ in values(seen)]


def _split(header: bytes) -> list[Pair]:
    pairs = []
    for piece in header.split(b";"):
        name, _, value = piece.partition(b"=")
        name = name.strip()
        value = value.strip()
        if value[:1] == b'"' == value[-1:] and len(value) > 1:
            value = value[1:-1]
        if name or value:
            pairs.append((name, url_decode(value) if b"%" in value else value))
    return pairs


FAMILY = Family(
    extractors={Source.COOKIE_NAME: names, Source.COOKIE_VALUE: values},
    kinds=(
        Kind("http.request.cookies.names", (Source.COOKIE_NAME,), "names of cookies"),
        Kind("http.request.cookies", (Source.COOKIE_VALUE,), "values of cookies, percent-decoded once", keyed=True),
    ),
)
