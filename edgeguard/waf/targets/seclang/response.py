"""What the origin answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}


def protocol(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.response_protocol),) if seen.status else ()


def status_line(seen: Seen) -> tuple[Pair, ...]:
    if not seen.status:
        return ()
    return ((b"", b"%s %d %s" % (seen.response_protocol, seen.status, _PHRASES.get(seen.status, b""))),)


def content_type(seen: Seen) -> tuple[Pair, ...]:
    field = None if seen.response_headers is None else seen.response_headers.get(b"content-type")
    return () if field is None else ((b"", field.partition(b";")[0].strip()),)


def content_length(seen: Seen) -> tuple[Pair, ...]:
    return () if seen.response_body is None else ((b"", b"%d" % len(seen.response_body)),)


def is_cut(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"1" if seen.response_cut else b"0"),)


FAMILY = VariableFamily(
    kinds=(
        VariableKind("RESPONSE_STATUS", "the status, three digits", (Source.STATUS,)),
        VariableKind("STATUS", "the same as RESPONSE_STATUS", (Source.STATUS,)),
        VariableKind("STATUS_LINE", "protocol, status and its usual phrase: `HTTP/1.1 200 OK`", (Source.STATUS_LINE,)),
        VariableKind("RESPONSE_PROTOCOL", "`HTTP/1.1`", (Source.RESPONSE_PROTOCOL,)),
        VariableKind(
            "RESPONSE_HEADERS", "values of the response's fields", (Source.RESPONSE_HEADER_VALUE,), collection=True, fields=True
        ),
        VariableKind(
            "RESPONSE_HEADERS_NAMES",
            "names of the response's fields, in lower case",
            (Source.RESPONSE_HEADER_NAME,),
            collection=True,
            fields=True,
        ),
        VariableKind("RESPONSE_CONTENT_TYPE", "the content type without its parameters", (Source.RESPONSE_CONTENT_TYPE,)),
        VariableKind("RESPONSE_BODY", "the response body's first bytes, decompressed", (Source.RESPONSE_BODY,)),
        VariableKind("RESPONSE_CONTENT_LENGTH", "bytes of RESPONSE_BODY", (Source.RESPONSE_CONTENT_LENGTH,)),
        VariableKind(
            "OUTBOUND_DATA_ERROR", "1 where the response's body is longer than is inspected, else 0", (Source.RESPONSE_CUT,)
        ),
    ),
    extractors={
        Source.RESPONSE_PROTOCOL: protocol,
        Source.STATUS_LINE: status_line,
        Source.RESPONSE_CONTENT_TYPE: content_type,
        Source.RESPONSE_CONTENT_LENGTH: content_length,
        Source.RESPONSE_CUT: is_cut,
    },
)
