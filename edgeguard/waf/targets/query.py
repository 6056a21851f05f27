"""The query: raw, and as names and values decoded once. Only `&` separates; a name given twice is seen twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.url_decode import url_decode

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def split_pairs(text: bytes) -> list[Pair]:
    """Names and values of `application/x-www-form-urlencoded`, in order; linear."""
    pairs = []
    for piece in text.split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            pairs.append((url_decode(name), url_decode(value)))
    return pairs


def raw(seen: Seen) -> tuple[Pair, ...]:
    query = seen.request.query
    return () if query is None else ((b"", query),)


def values(seen: Seen) -> list[Pair]:
    pairs = seen.query
    if pairs is None:
        query = seen.request.query
        pairs = seen.query = split_pairs(query) if query else []
    return pairs


def names(seen: Seen) -> list[Pair]:
    pairs = seen.query_names
    if pairs is None:
        pairs = seen.query_names = [(name, name) for name, _ in values(seen)]
    return pairs


FAMILY = Family(
    extractors={Source.QUERY: raw, Source.QUERY_NAME: names, Source.QUERY_VALUE: values},
    kinds=(
        Kind("http.request.query", (Source.QUERY,), "what stands after the `?`, as sent"),
        Kind("http.request.query.names", (Source.QUERY_NAME,), "names of the query, decoded once"),
        Kind("http.request.query.values", (Source.QUERY_VALUE,), "values of the query, decoded once", keyed=True),
    ),
)
