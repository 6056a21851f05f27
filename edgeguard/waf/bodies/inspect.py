"""From a request's body to values: which parser takes it, and what becomes of a body that none takes.

The content type is the client's word and no more: what says it is text but begins like JSON is read as JSON too, and what
has no type is read as a form. A body is never unseen: where its parser fails, its bytes and the strings in them are inspected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies import json_text, media_type, multipart, urlencoded
from edgeguard.waf.bodies.charset import to_utf8
from edgeguard.waf.bodies.content import Content, TooMuch, Unparsable, Unreadable
from edgeguard.waf.bodies.encoding import decompress

if TYPE_CHECKING:
    from edgeguard.config.model import Waf
    from edgeguard.message import Request
    from edgeguard.waf.bodies.media_type import MediaType

_FORM = b"application/x-www-form-urlencoded"
_MEDIA = (b"image/", b"audio/", b"video/", b"font/")
_ARCHIVES = frozenset({b"application/pdf", b"application/zip", b"application/gzip"})
_NONE = media_type.MediaType(b"", {})


def needs_body(request: Request) -> bool:
    """Whether holding the body back for inspection is worth it: False without a body, and for media and archives, which no
    origin reads as arguments (SVG is text, and does count), unless they begin in a way that `may_be_text`.
    """
    if request.body.length == 0:
        return False
    kind = (request.headers.get(b"content-type") or b"").lower()
    if b"svg" in kind or b"," in kind:
        return True
    essence = kind.partition(b";")[0].strip()
    return not essence.startswith(_MEDIA) and essence not in _ARCHIVES


def may_be_text(start: bytes) -> bool:
    """Whether a body that is said to be media begins like what many origins parse without a look at its type: JSON, or XML.

    Args:
        start: at least the first 64 bytes, or all of it. No file of media begins with so many blanks.
    """
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return not bare or bare.startswith((b"{", b"[", b'"', b"<"))


def inspect(request: Request, body: bytes, settings: Waf, *, complete: bool) -> Content:
    """The values in `body`; never raises, a fault is told in the content.

    Args:
        request: for its content type and encoding.
        body: the content, or its first bytes.
        settings: bounds on size, depth and number.
        complete: False where `body` is the beginning only.
    """
    content = Content(raw=body)
    if not body:
        return content
    try:
        plain, all_of_it = decompress(body, request.headers.get(b"content-encoding"), settings.inspect_bytes)
        content.raw = plain
        content.cut = not all_of_it
        _parse(request.headers.get(b"content-type"), content, settings, complete=complete and all_of_it)
    except Unparsable as error:
        _fall_back(content, settings, "unparsable", str(error))
        content.hidden = isinstance(error, Unreadable)
    except TooMuch as error:
        _fall_back(content, settings, "too-much", str(error))
    return content


def _fall_back(content: Content, settings: Waf, fault: str, detail: str) -> None:
    content.fault = fault
    content.detail = detail
    content.text = [(b"", content.raw), *json_text.strings(content.raw, settings.body_values)]


def _parse(field: bytes | None, content: Content, settings: Waf, *, complete: bool) -> None:
    kind = media_type.parse(field) if field else _NONE
    essence = kind.essence
    if essence == b"multipart/form-data":
        multipart.parse(content.raw, kind.parameters.get(b"boundary"), content, settings.body_values, complete=complete)
    elif essence == b"application/json" or essence.endswith(b"+json"):
        _json(kind, content, settings, complete=complete)
    elif essence == _FORM:
        urlencoded.parse(to_utf8(content.raw, kind.parameters.get(b"charset")), content, settings.body_values)
    else:
        _unnamed(kind, content, settings, complete=complete)


def _json(kind: MediaType, content: Content, settings: Waf, *, complete: bool) -> None:
    text = to_utf8(content.raw, kind.parameters.get(b"charset"), guess=True)
    if complete:
        json_text.parse(text, content, settings.body_depth, settings.body_values)
    else:
        content.text = [(b"", text), *json_text.strings(text, settings.body_values)]


def _unnamed(kind: MediaType, content: Content, settings: Waf, *, complete: bool) -> None:
    """Any other type: the whole as text, and as JSON or a form besides where it looks like one."""
    text = to_utf8(content.raw, kind.parameters.get(b"charset"), guess=True)
    content.text = [(b"", text)]
    start = text[:256].lstrip(b" \t\r\n")[:1]
    if start in (b"{", b"[") and complete:
        try:
            json_text.parse(text, content, settings.body_depth, settings.body_values)
        except Unparsable:
            content.text += json_text.strings(text, settings.body_values)
    elif start in (b"{", b"["):
        content.text += json_text.strings(text, settings.body_values)
    elif not kind.essence or (kind.essence == b"text/plain" and b"=" in text[:256] and b"\n" not in text):
        urlencoded.parse(text, content, settings.body_values)
