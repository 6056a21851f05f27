"""Cookies as ModSecurity reads them: at each `;`, name before the first `=`. No escape is undone, no quote is taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> list[Pair]:
    pairs = seen.raw_cookies
    if pairs is None:
        header = seen.request.headers.get(b"cookie")
        pairs = seen.raw_cookies = _split(header) if header else []
    return pairs


def names(seen: Seen) -> list[Pair]:
    pairs = seen.raw_cookie_names
    if pairs is None:
        pairs = seen.raw_cookie_names = [(name, name) for name, _ in values(seen)]
    return pairs


def _split(header: bytes) -> list[Pair]:
    pairs = []
    for piece in header.rstrip().split(b";"):
        name, _, value = piece.partition(b"=")
        name = name.lstrip()
        if name:
            pairs.append((name, value))
    return pairs


FAMILY = VariableFamily(
    kinds=(
        VariableKind("REQUEST_COOKIES", "values of cookies, as sent", (Source.RAW_COOKIE_VALUE,), collection=True),
        VariableKind("REQUEST_COOKIES_NAMES", "names of cookies, as sent", (Source.RAW_COOKIE_NAME,), collection=True),
    ),
    extractors={Source.RAW_COOKIE_NAME: names, Source.RAW_COOKIE_VALUE: values},
)
