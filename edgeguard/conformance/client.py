"""Puts a test's request together octet by octet, as the client does for which the tests were written (go-ftw).

Nothing is made right: an odd method, a missing Host or a length that lies is what the test is about. Only what `autocomplete`
asks for is added. Tests of the older generation were made for another client, which adds less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_to_bytes, urljoin, urlsplit

if TYPE_CHECKING:
    from edgeguard.conformance.cases import Input

_FORM = "application/x-www-form-urlencoded"
_HEX = frozenset(b"0123456789abcdefABCDEF")

Fields = list[tuple[str, str]]


def request_bytes(given: Input, location: str = "") -> bytes:
    """The request; `location` is where the answer before pointed, for a stage that follows it."""
    if given.whole is not None:
        return given.whole
    fields, uri = list(given.headers), given.uri
    if given.follow_redirect and location:
        uri, fields = _followed(uri, location, fields)
    body = given.data or b""
    if body and given.autocomplete:
        if _get(fields, "content-type") is None:
            fields.append(("Content-Type", _FORM))
        if any(name.lower() == "content-type" and value.lower() == _FORM for name, value in fields):
            body = encoded_form(body)
    if any(name.lower() == "content-type" and "multipart/form-data;" in value.lower() for name, value in fields):
        # Tests are written with LF, and multipart wants CR LF.
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if given.autocomplete:
        _complete(fields, given, body)
    head = f"{given.method} {uri} {given.version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode() + body


def encoded_form(data: bytes) -> bytes:
    """Form data with names and values percent-encoded, unless something in it is encoded already, or looks as if it were."""
    if b"+" in data or _unescaped(data) != data:
        return data
    pairs = []
    for token in data.split(b"&"):
        name, equals, value = token.partition(b"=")
        pairs.append(quote_plus(name, safe="") + ("=" + quote_plus(value, safe="") if equals else ""))
    encoded = "&".join(pairs)
    # The last token's separator is not written, and an empty last token has none to lose.
    return (encoded[:-1] if data.endswith(b"&") else encoded).encode()


def _unescaped(data: bytes) -> bytes | None:
    """`data` without its escapes; None where one is broken."""
    for piece in data.split(b"%")[1:]:
        if len(piece) < 2 or piece[0] not in _HEX or piece[1] not in _HEX:
            return None
    return unquote_to_bytes(data)


def _complete(fields: Fields, given: Input, body: bytes) -> None:
    if _get(fields, "connection") is None:
        fields.append(("Connection", "close"))
    if _get(fields, "content-length") is None and (body or (given.empty_length and _may_have_body(given.method))):
        fields.append(("Content-Length", str(len(body))))


def _may_have_body(method: str) -> bool:
    """As go-ftw's expression `^POST|PUT|PATCH|DELETE$` says it, in which the anchors hold one end each."""
    return method.startswith("POST") or "PUT" in method or "PATCH" in method or method.endswith("DELETE")


def _get(fields: Fields, name: str) -> str | None:
    return next((value for key, value in fields if key.lower() == name), None)


def _followed(uri: str, location: str, fields: Fields) -> tuple[str, Fields]:
    parts = urlsplit(urljoin(f"http://localhost{uri}", location))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return target, [*((name, value) for name, value in fields if name.lower() != "host"), ("Host", parts.netloc)]
