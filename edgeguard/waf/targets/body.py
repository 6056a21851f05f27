"""The body: raw, and in whatever form its parser gave it. No values before the body has been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def raw(seen: Seen) -> tuple[Pair, ...]:
    content = seen.content
    return () if content is None or not content.raw else ((b"", content.visible),)


def text(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.text


FAMILY = Family(
    extractors={Source.BODY: raw, Source.BODY_TEXT: text},
    kinds=(
        Kind("http.request.body", (Source.BODY,), "the body's first bytes as sent, decompressed (`inspect_bytes` at most)"),
        Kind(
            "http.request.body.text", (Source.BODY_TEXT,), "a body that no parser took as a whole: XML, plain text, broken JSON"
        ),
    ),
)
