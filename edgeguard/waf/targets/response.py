"""What the origin answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def status(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"%d" % seen.status),) if seen.status else ()


def header_values(seen: Seen) -> Sequence[Pair]:
    return () if seen.response_headers is None else seen.response_headers.fields


def header_names(seen: Seen) -> list[Pair]:
    return [(name, name) for name, _ in header_values(seen)]


START = 2048  # bytes of a body that tell what kind of document it is; what needs no more waits for no more


def start(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.response_body[:START]),) if seen.response_body else ()


def body(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.response_body),) if seen.response_body else ()


FAMILY = Family(
    extractors={
        Source.STATUS: status,
        Source.RESPONSE_HEADER_NAME: header_names,
        Source.RESPONSE_HEADER_VALUE: header_values,
        Source.RESPONSE_BODY: body,
        Source.RESPONSE_START: start,
    },
    kinds=(
        Kind("http.response.status", (Source.STATUS,), "the status, three digits"),
        Kind("http.response.headers.names", (Source.RESPONSE_HEADER_NAME,), "names of the response's fields"),
        Kind("http.response.headers", (Source.RESPONSE_HEADER_VALUE,), "values of the response's fields", keyed=True),
        Kind("http.response.body", (Source.RESPONSE_BODY,), "the response body, decompressed (`inspect_bytes` at most)"),
        Kind("http.response.body.start", (Source.RESPONSE_START,), "its first 2 KiB, for which alone no answer waits long"),
    ),
)
