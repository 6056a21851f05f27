"""What the origin behind the tests answers: 200 with nothing in it, or whatever a request to `/reflect` asks it to answer."""

from __future__ import annotations

import base64
import binascii
import json
from typing import NamedTuple

from edgeguard.message import Headers

# What a browser would take for HTML where nobody says a type (MIME Sniffing, section 7.1), as Go's server guesses it.
_HTML = (
    b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME", b"<H1", b"<DIV", b"<FONT", b"<TABLE", b"<A", b"<STYLE",
    b"<TITLE", b"<B", b"<BODY", b"<BR", b"<P", b"<!--",
)  # fmt: skip
_BINARY = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_LOOKED_AT = 512


class Reflected(NamedTuple):
    """An answer."""

    status: int
    headers: Headers
    content: bytes


def answer(method: bytes, path: bytes, content: bytes) -> Reflected:
    """Answer a request; whatever does not ask for something gets 200 and nothing."""
    if method == b"POST" and (path == b"/reflect" or path.startswith(b"/reflect/")):
        return _reflect(content)
    return _answer(200, [], b"")


def _reflect(content: bytes) -> Reflected:
    try:
        spec = json.loads(content)
        status = int(spec.get("status") or 200)
        fields = [(name.lower().encode(), str(value).encode()) for name, value in (spec.get("headers") or {}).items()]
        body = str(spec["body"]).encode() if spec.get("body") else base64.b64decode(spec.get("encodedBody") or "")
    except (ValueError, AttributeError, TypeError, binascii.Error):
        return _answer(400, [], b"Invalid JSON in request body")
    if not 200 <= status < 600:
        return _answer(400, [], f"Invalid status code: {status}".encode())
    return _answer(status, fields, body)


def _answer(status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> Reflected:
    if body and all(name != b"content-type" for name, _ in fields):
        fields = [*fields, (b"content-type", _guessed(body[:_LOOKED_AT]))]
    kept = [(name, value) for name, value in fields if name not in (b"content-length", b"transfer-encoding")]
    return Reflected(status, Headers([*kept, (b"content-length", b"%d" % len(body))]), body)


def _guessed(start: bytes) -> bytes:
    text = start.lstrip(b"\t\n\x0c\r ")
    upper = text.upper()
    if any(upper.startswith(tag) and (tag == b"<!--" or upper[len(tag) : len(tag) + 1] in (b" ", b">")) for tag in _HTML):
        return b"text/html; charset=utf-8"
    if text.startswith(b"<?xml"):
        return b"text/xml; charset=utf-8"
    if len(start.translate(None, _BINARY)) != len(start):
        return b"application/octet-stream"
    return b"text/plain; charset=utf-8"
