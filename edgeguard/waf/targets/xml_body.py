"""XML bodies: text and attributes by where they stand, references resolved as the origin will resolve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> Sequence[Pair]:
    return [] if seen.content is None else [pair for pair in seen.content.xml_values if b"@" not in pair[0]]


def attributes(seen: Seen) -> Sequence[Pair]:
    return [] if seen.content is None else [pair for pair in seen.content.xml_values if b"@" in pair[0]]


FAMILY = Family(
    extractors={Source.XML_VALUE: values, Source.XML_ATTRIBUTE: attributes},
    kinds=(
        Kind("http.request.xml.values", (Source.XML_VALUE,), "text in XML, by path: `:feed.entry.title`", keyed=True),
        Kind(
            "http.request.xml.attributes",
            (Source.XML_ATTRIBUTE,),
            "attributes in XML, by path: `:feed.entry.link@href`",
            keyed=True,
        ),
    ),
)
