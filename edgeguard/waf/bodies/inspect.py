"""From a request's body to values: which parser takes it, and what becomes of a body that none takes.

The content type is the client's word and no more: what says it is text but begins like JSON is read as JSON too, and what
has no type is read as a form. A body is never unseen: where its parser fails, its bytes and the strings in them are inspected,
and fields, files and elements as far as a tolerant reading brings them out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edgeguard.waf.bodies import json_text, media_type, multipart, multipart_flags, urlencoded, xml_document
from edgeguard.waf.bodies.charset import to_utf8
from edgeguard.waf.bodies.content import Content, TooMany, TooMuch, Unparsable, Unreadable
from edgeguard.waf.bodies.encoding import decompress
from edgeguard.waf.bodies.processor import processor_of

if TYPE_CHECKING:
    from edgeguard.config.model import Waf
    from edgeguard.message import Request

_MEDIA = (b"image/", b"audio/", b"video/", b"font/")
_ARCHIVES = frozenset({b"application/pdf", b"application/zip", b"application/gzip"})
_LINES = frozenset(
    {b"application/x-ndjson", b"application/ndjson", b"application/jsonl", b"application/x-jsonlines", b"application/json-seq"}
)
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


def inspect(
    request: Request, body: bytes, settings: Waf, *, complete: bool, processor: str | None = None, files: int = 0
) -> Content:
    """The values in `body`; never raises, a fault is told in the content.

    Args:
        request: for its content type and encoding.
        body: the content, or its first bytes.
        settings: bounds on size, depth and number.
        complete: False where `body` is the beginning only.
        processor: takes the body whatever its type is: `URLENCODED`, `MULTIPART`, `JSON` or `XML`; None where the type decides.
        files: how many a multipart body may have before its `file_limit_exceeded` is raised; 0 is no limit.
    """
    field = request.headers.get(b"content-type")
    content = Content(body)
    content.processor = processor_of(field) if processor is None else processor.upper()
    if body:
        try:
            all_of_it = _unpack(content, request.headers.get(b"content-encoding"), settings.inspect_bytes, complete=complete)
        except Unreadable as error:
            content.hidden = True
            _fall_back(content, settings, "unparsable", str(error))
            return content
        _Reading(content, field or b"", settings, complete=all_of_it, files=files).run(forced=processor is not None)
    return content


def _unpack(content: Content, encoding: bytes | None, most: int, *, complete: bool) -> bool:
    """Undo Content-Encoding; whether that brought all of the body."""
    content.raw, all_of_it = decompress(content.raw, encoding, most)
    if complete and not all_of_it and len(content.raw) < most:
        raise Unreadable("compressed content does not end")  # a reader who minds no encoding may take its bytes as they are
    content.cut = not all_of_it
    return complete and all_of_it


def _fall_back(content: Content, settings: Waf, fault: str, detail: str) -> None:
    content.fault = fault
    content.detail = detail
    raw = content.raw
    content.text = [(b"", raw)]
    try:
        plain = to_utf8(raw, None, guess=True)
    except Unparsable:
        plain = raw
    if plain is not raw:
        content.text.append((b"", plain))
    found = json_text.strings(plain, settings.body_values)
    content.text += found
    if len(found) == settings.body_values:  # there may be more, of which nobody knows
        content.hidden = True


class _Reading:
    """One body on its way through its parser."""

    __slots__ = ("_complete", "_content", "_field", "_files", "_kind", "_settings", "_strange")

    def __init__(self, content: Content, field: bytes, settings: Waf, *, complete: bool, files: int) -> None:
        self._content = content
        self._field = field
        self._settings = settings
        self._complete = complete
        self._files = files
        self._kind = _NONE
        self._strange = ""

    def run(self, *, forced: bool) -> None:
        """Parse, and say what is wrong. A malformed type is, but what it seems to be is parsed all the same."""
        content = self._content
        malformed = ""
        try:
            self._kind = media_type.parse(self._field) if self._field else _NONE
        except Unparsable as error:
            malformed = str(error)
        try:
            self._parse(forced=forced)
        except Unparsable as error:
            content.hidden = isinstance(error, Unreadable)
            _fall_back(content, self._settings, "unparsable", malformed or str(error))
        except TooMuch as error:
            content.hidden = isinstance(error, TooMany)
            _fall_back(content, self._settings, "too-much", str(error))
        else:
            strange = malformed or self._strange
            if strange:
                _fall_back(content, self._settings, "unparsable", strange)
                content.by_type = True

    def _parse(self, *, forced: bool) -> None:
        content = self._content
        processor = content.processor
        if processor == "JSON":
            self._json()
        elif processor == "URLENCODED":
            urlencoded.parse(self._text(), content, self._settings.body_values)
        elif processor == "MULTIPART":
            self._multipart()
        elif processor == "XML":
            self._xml()
        elif processor:
            raise Unparsable("no such body processor")
        else:
            self._unnamed()
        if forced and processor and not content.text:
            content.text = [(b"", content.raw)]

    def _text(self, *, guess: bool = False) -> bytes:
        """The body in UTF-8; as it is where its charset is not taken: so most origins read it. That is told once it is parsed."""
        raw = self._content.raw
        try:
            text = to_utf8(raw, self._kind.parameters.get(b"charset"), guess=guess)
            self._content.plain = text is raw
            return text
        except Unparsable as error:
            self._strange = str(error)
            return raw

    def _json(self) -> None:
        content = self._content
        settings = self._settings
        text = self._text(guess=True)
        if self._complete:
            json_text.parse(text, content, settings.body_depth, settings.body_values)
        else:
            content.text = [(b"", text), *json_text.strings(text, settings.body_values)]

    def _multipart(self) -> None:
        content = self._content
        body = content.raw
        values = self._settings.body_values
        read = partial(multipart_flags.read, self._field, body, values, complete=self._complete, files=self._files)
        content.later = lambda: read().multipart
        try:
            boundary = self._kind.parameters.get(b"boundary")
            multipart.parse(body, boundary, content, values, complete=self._complete)
        except (Unparsable, TooMuch):
            reading = read()
            content.later = lambda: reading.multipart
            content.form, content.file_names, content.files = reading.form, reading.file_names, reading.files
            if reading.beyond:
                raise TooMany(f"more than {values} parts and lines of their heads") from None
            raise
        if body.count(b"\n") > values and read().beyond:  # parts, each with some lines of a head
            raise TooMany(f"more than {values} parts and lines of their heads")

    def _xml(self) -> None:
        content = self._content
        settings = self._settings
        text = self._text(guess=True)
        content.text = [(b"", text)]
        charset = b"utf-8" if text is not content.raw else self._kind.parameters.get(b"charset")
        xml_document.parse(text, content, settings.body_depth, settings.body_values, charset, complete=self._complete)

    def _unnamed(self) -> None:
        """Any other type: the whole as text, and as JSON or a form besides where it looks like one."""
        content = self._content
        settings = self._settings
        essence = self._kind.essence
        text = self._text(guess=True)
        content.text = [(b"", text)]
        start = text[:256].lstrip(b" \t\r\n\x1e")[:1]
        if start in (b"{", b"[") and not self._complete:
            content.text += json_text.strings(text, settings.body_values)
        elif start in (b"{", b"["):
            try:
                parse = json_text.parse_lines if essence in _LINES else json_text.parse
                parse(text, content, settings.body_depth, settings.body_values)
            except Unparsable:
                content.text += json_text.strings(text, settings.body_values)
        elif not essence or (essence == b"text/plain" and b"=" in text[:256] and b"\n" not in text):
            urlencoded.parse(text, content, settings.body_values)
