"""All variables by name, and the extractors of the lists that only they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang import (
    absent,
    arguments,
    body,
    connection,
    cookies,
    files,
    headers,
    multipart,
    request_line,
    response,
    state,
    xml,
)

if TYPE_CHECKING:
    from edgeguard.waf.targets.family import Extractor
    from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
    from edgeguard.waf.targets.sources import Source

_FAMILIES: tuple[VariableFamily, ...] = (
    arguments.FAMILY,
    request_line.FAMILY,
    headers.FAMILY,
    cookies.FAMILY,
    connection.FAMILY,
    body.FAMILY,
    files.FAMILY,
    multipart.FAMILY,
    xml.FAMILY,
    response.FAMILY,
    state.FAMILY,
    absent.FAMILY,
)

VARIABLES: dict[str, VariableKind] = {kind.name: kind for family in _FAMILIES for kind in family.kinds}
SECLANG_EXTRACTORS: dict[Source, Extractor] = {source: take for family in _FAMILIES for source, take in family.extractors.items()}
