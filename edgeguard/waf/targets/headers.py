"""Fields of the request's head. Each field is a value of its own; names are lower-case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> list[Pair]:
    return seen.request.headers.fields


def names(seen: Seen) -> list[Pair]:
    pairs = seen.header_names
    if pairs is None:
        pairs = seen.header_names = [(name, name) for name, _ in seen.request.headers.fields]
    return pairs


FAMILY = Family(
    extractors={Source.HEADER_NAME: names, Source.HEADER_VALUE: values},
    kinds=(
        Kind("http.request.headers.names", (Source.HEADER_NAME,), "names of the fields, lower-case"),
        Kind("http.request.headers", (Source.HEADER_VALUE,), "values of the fields", keyed=True),
    ),
)
