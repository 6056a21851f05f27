"""The body as a whole, and what became of reading it.

REQUEST_BODY has a value where no parser made arguments of the body, where it is urlencoded or JSON, and where a rule asked for
it (`ctl:forceRequestBodyVariable`); and where a parser gave up, so that no text goes unseen. The tests of CRS want it so.
libmodsecurity shows every body there, and finds in XML what its rules look for in text; ModSecurity 2 does not show JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.processor import processor_of
from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.seclang.request_line import line
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_FALSE: tuple[Pair, ...] = ((b"", b"0"),)
_TRUE: tuple[Pair, ...] = ((b"", b"1"),)


def body(seen: Seen) -> tuple[Pair, ...]:
    content = seen.content
    if content is None or not content.raw:
        return ()
    shown = content.processor in ("", "URLENCODED", "JSON") or seen.forced_body
    if shown or (content.fault and content.processor != "MULTIPART"):
        return ((b"", content.visible),)
    return ()


def length(seen: Seen) -> tuple[Pair, ...]:
    if seen.content is None:
        return ()
    return ((b"", b"%d" % (len(seen.content.raw) if seen.body_length is None else seen.body_length)),)


def full_request(seen: Seen) -> tuple[Pair, ...]:
    fields = b"".join([b"%s: %s\n" % field for field in seen.request.headers.fields])
    return ((b"", b"%s\n%s\n%s" % (line(seen)[0][1], fields, b"" if seen.content is None else seen.content.visible)),)


def full_request_length(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"%d" % len(full_request(seen)[0][1])),)


def is_cut(seen: Seen) -> tuple[Pair, ...]:
    return _TRUE if seen.body_cut or (seen.content is not None and seen.content.cut) else _FALSE


def processor(seen: Seen) -> tuple[Pair, ...]:
    """What read the body; before that, what will: by a rule's word, or by the content type."""
    if seen.processor is not None:
        name = seen.processor
    elif seen.content is not None and seen.content.raw:
        name = seen.content.processor
    else:
        name = processor_of(seen.request.headers.get(b"content-type"))
    return ((b"", name.encode()),)


def error(seen: Seen) -> tuple[Pair, ...]:
    return _TRUE if seen.content is not None and seen.content.error else _FALSE


def error_text(seen: Seen) -> tuple[Pair, ...]:
    return () if seen.content is None or not seen.content.error else ((b"", seen.content.error.encode()),)


FAMILY = VariableFamily(
    kinds=(
        VariableKind(
            "REQUEST_BODY", "the body as sent, unless a parser made arguments or a document of it", (Source.REQUEST_BODY,)
        ),
        VariableKind("REQUEST_BODY_LENGTH", "bytes of the body as received", (Source.REQUEST_BODY_LENGTH,)),
        VariableKind("FULL_REQUEST", "request line, fields and body", (Source.FULL_REQUEST,), unsettled=True),
        VariableKind("FULL_REQUEST_LENGTH", "bytes of FULL_REQUEST", (Source.FULL_REQUEST_LENGTH,), unsettled=True),
        VariableKind(
            "INBOUND_DATA_ERROR", "1 where the body is longer than is inspected, else 0", (Source.BODY_CUT,), unsettled=True
        ),
        VariableKind(
            "REQBODY_PROCESSOR",
            "what reads the body: `URLENCODED`, `MULTIPART`, `JSON`, `XML`; empty where nothing does",
            (Source.BODY_PROCESSOR,),
            unsettled=True,
        ),
        VariableKind("REQBODY_ERROR", "1 where the body is not what its type says, else 0", (Source.BODY_ERROR,), unsettled=True),
        VariableKind("REQBODY_ERROR_MSG", "what is wrong with it", (Source.BODY_ERROR_TEXT,)),
        VariableKind("REQBODY_PROCESSOR_ERROR", "the same as REQBODY_ERROR", (Source.BODY_ERROR,), unsettled=True),
        VariableKind("REQBODY_PROCESSOR_ERROR_MSG", "the same as REQBODY_ERROR_MSG", (Source.BODY_ERROR_TEXT,)),
    ),
    extractors={
        Source.REQUEST_BODY: body,
        Source.REQUEST_BODY_LENGTH: length,
        Source.FULL_REQUEST: full_request,
        Source.FULL_REQUEST_LENGTH: full_request_length,
        Source.BODY_CUT: is_cut,
        Source.BODY_PROCESSOR: processor,
        Source.BODY_ERROR: error,
        Source.BODY_ERROR_TEXT: error_text,
    },
)
