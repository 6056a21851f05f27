"""The request line and its parts, from the target as the client sent it.

Percent escapes are undone once in REQUEST_URI, REQUEST_FILENAME and REQUEST_BASENAME, as libmodsecurity does it; ModSecurity 2
and the RAW variables leave them. `+` stays a plus sign, and dot segments stay where they are: rules look for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.url_decode import url_decode

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def line(seen: Seen) -> tuple[Pair, ...]:
    request = seen.request
    return ((b"", b"%s %s HTTP/%s" % (request.method, request.target, request.version)),)


def protocol(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"HTTP/" + seen.request.version),)


def uri(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", _decoded(seen)[0]),)


def filename(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", _decoded(seen)[1]),)


def basename(seen: Seen) -> tuple[Pair, ...]:
    path = _decoded(seen)[1]
    start = max(path.rfind(b"/"), path.rfind(b"\\")) + 1
    return ((b"", path[start:] if start else b""),)


def _decoded(seen: Seen) -> tuple[bytes, bytes]:
    """The target and its path, escapes undone, without a fragment and without scheme and host."""
    known = seen.uri
    if known is None:
        target = seen.request.target.partition(b"#")[0]
        path = target.partition(b"?")[0]
        known = seen.uri = _origin_form(unescape(target)), unescape(path)
    return known


def _origin_form(target: bytes) -> bytes:
    if target[:1] == b"/" or b"://" not in target:
        return target
    start = target.find(b"/", target.find(b"://") + 3)
    return target[start:] if start >= 0 else target


def unescape(text: bytes) -> bytes:
    """`text` with its escapes undone, and its plus signs left."""
    if b"%" not in text:
        return text
    return b"+".join([url_decode(piece) for piece in text.split(b"+")])


FAMILY = VariableFamily(
    kinds=(
        VariableKind("REQUEST_METHOD", "the method, case kept", (Source.METHOD,)),
        VariableKind("REQUEST_LINE", "method, target and protocol, as sent", (Source.REQUEST_LINE,)),
        VariableKind("REQUEST_PROTOCOL", "`HTTP/1.1`", (Source.PROTOCOL,)),
        VariableKind("REQUEST_URI", "path and query, escapes undone once, without host and fragment", (Source.URI,)),
        VariableKind("REQUEST_URI_RAW", "the target as sent", (Source.TARGET,)),
        VariableKind("REQUEST_FILENAME", "the path, escapes undone once", (Source.FILENAME,)),
        VariableKind(
            "REQUEST_BASENAME", "what follows the path's last slash or backslash, escapes undone once", (Source.BASENAME,)
        ),
        VariableKind("PATH_INFO", "the same as REQUEST_FILENAME: an edge knows no scripts", (Source.FILENAME,)),
        VariableKind("QUERY_STRING", "what follows the `?`, as sent", (Source.QUERY,)),
    ),
    extractors={
        Source.REQUEST_LINE: line,
        Source.PROTOCOL: protocol,
        Source.URI: uri,
        Source.FILENAME: filename,
        Source.BASENAME: basename,
    },
)
