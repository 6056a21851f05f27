"""XML, by XPath: each expression is a list of its own, `XML:/*` and `XML://@*`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.family import Extractor
    from edgeguard.waf.targets.sources import Pair


@lru_cache(maxsize=256)  # rules name few, and the same one has the same extractor, by which a plan tells lists apart
def xml_extractor(xpath: str, namespaces: tuple[tuple[str, str], ...] = ()) -> Extractor:
    """What `xpath` selects in an XML body, under the expression itself as the name; evaluated once for each body.

    Args:
        xpath: the expression; one that is none selects nothing.
        namespaces: prefixes in it and what they stand for, as the action `xmlns` names them.
    """
    name = xpath.encode("utf-8", "surrogateescape")
    key = (xpath, namespaces)
    prefixes = dict(namespaces)

    def take(seen: Seen) -> Sequence[Pair]:
        content = seen.content
        if content is None or content.xml is None:
            return ()
        known = seen.xml
        if known is None:
            known = seen.xml = {}
        pairs = known.get(key)
        if pairs is None:
            pairs = known[key] = [(name, value) for value in content.xml.values(xpath, prefixes)]
        return pairs

    return take


FAMILY = VariableFamily(
    kinds=(
        VariableKind(
            "XML",
            "what an XPath expression selects in an XML body: `XML:/*` all text, `XML://@*` each attribute",
            (Source.XML,),
            collection=True,
        ),
    ),
    extractors={Source.XML: xml_extractor("/*")},
)
