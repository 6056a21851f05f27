"""All targets by name, and all sources with their extractors; how a target's written name becomes a `Target`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.model import Target
from edgeguard.waf.targets import (
    anything,
    body,
    client,
    content_fields,
    cookies,
    form,
    graphql,
    headers,
    json_body,
    nested,
    query,
    request_line,
    response,
    xml_body,
)
from edgeguard.waf.targets.seclang.registry import SECLANG_EXTRACTORS
from edgeguard.waf.targets.seclang.xml import xml_extractor
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.targets.family import Extractor, Family, Kind

_FAMILIES: tuple[Family, ...] = (
    request_line.FAMILY,
    query.FAMILY,
    headers.FAMILY,
    cookies.FAMILY,
    form.FAMILY,
    json_body.FAMILY,
    xml_body.FAMILY,
    graphql.FAMILY,
    body.FAMILY,
    content_fields.FAMILY,
    client.FAMILY,
    nested.FAMILY,
    anything.FAMILY,
    response.FAMILY,
)

KINDS: dict[str, Kind] = {kind.name: kind for family in _FAMILIES for kind in family.kinds}
EXTRACTORS: dict[Source, Extractor] = {
    **SECLANG_EXTRACTORS,
    **{source: take for family in _FAMILIES for source, take in family.extractors.items()},
}


def extractor(source: Source, path: str = "") -> Extractor:
    """What takes the values of a list; `path` is the XPath where the source is XML, each of which is a list of its own."""
    return xml_extractor(path) if source is Source.XML and path else EXTRACTORS[source]


def make_target(written: str) -> Target:
    """The target that `name` or `name:key` means.

    Raises:
        Refused: nobody knows the name, or it takes no key.
    """
    name, colon, key = written.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        raise Refused(unknown("target", name, KINDS))
    if name == "http.user_agent":
        return Target(written, kind.sources, b"user-agent")
    if colon and not kind.keyed:
        raise Refused(f"{name} takes no name after a colon")
    if colon and not key:
        raise Refused(f"{name}: a name is missing after the colon")
    return Target(written, kind.sources, key.lower().encode() if colon else None, kind.without)
