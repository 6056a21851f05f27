"""Fields of the request's head. Names are lower-case, as HTTP/2 sends them, and are shown in the spelling that HTTP/1 uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.base64_decode import base64_decode

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def auth_type(seen: Seen) -> tuple[Pair, ...]:
    field = seen.request.headers.get(b"authorization")
    return () if field is None else ((b"", field.partition(b" ")[0]),)


def remote_user(seen: Seen) -> tuple[Pair, ...]:
    field = seen.request.headers.get(b"authorization")
    if field is None or field[:6].lower() != b"basic ":
        return ()
    name, colon, _ = base64_decode(field[6:].strip()).partition(b":")
    return ((b"", name),) if colon else ()


FAMILY = VariableFamily(
    kinds=(
        VariableKind("REQUEST_HEADERS", "values of the fields", (Source.HEADER_VALUE,), collection=True, fields=True),
        VariableKind(
            "REQUEST_HEADERS_NAMES", "names of the fields, in lower case", (Source.HEADER_NAME,), collection=True, fields=True
        ),
        VariableKind("AUTH_TYPE", "the first word of Authorization: `Basic`", (Source.AUTH_TYPE,)),
        VariableKind(
            "REMOTE_USER", "the name in Basic credentials; no value without them", (Source.REMOTE_USER,), otherwise=None
        ),
    ),
    extractors={Source.AUTH_TYPE: auth_type, Source.REMOTE_USER: remote_user},
)
