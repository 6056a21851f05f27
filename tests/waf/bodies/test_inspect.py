from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.message import Body, Headers, Request
from edgeguard.waf.bodies.inspect import inspect, may_be_text, needs_body

if TYPE_CHECKING:
    from edgeguard.waf.bodies.content import Content


def request(content_type: str | None, **fields: str) -> Request:
    headers = Headers([(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()])
    if content_type is not None:
        headers.add(b"content-type", content_type.encode())
    return Request(b"POST", b"/", b"/", None, b"https", b"h", headers, Body(None))


def read(content_type: str | None, body: bytes, *, complete: bool = True, **fields: str) -> Content:
    return inspect(request(content_type, **fields), body, Waf(), complete=complete)


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json; charset=utf-8", "APPLICATION/JSON"])
def test_json(kind: str) -> None:
    content = read(kind, b'{"a": "b"}')
    assert content.json_values == [(b"a", b"b")]
    assert content.fault == ""
    assert content.text == []


def test_json_behind_a_byte_order_mark_or_in_utf_16() -> None:
    assert read("application/json", b'\xef\xbb\xbf{"a":"b"}').json_values == [(b"a", b"b")]
    assert read("application/json", '{"a":"b"}'.encode("utf-16")).json_values == [(b"a", b"b")]


def test_json_sent_as_something_else_is_read_as_json_too() -> None:
    for kind in ("text/plain", "application/x-unknown", None):
        content = read(kind, b' {"a": "\\u0027"}')
        assert content.json_values == [(b"a", b"'")]
        assert content.text


def test_nearly_json_sent_as_text_shows_its_strings() -> None:
    assert (b"", b"'") in read("text/plain", b'{"a": "\\u0027",}').text


def test_forms_with_and_without_a_type() -> None:
    for kind in ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", None, "text/plain"):
        assert read(kind, b"a=%27").form == [(b"a", b"'")]


def test_gzip_is_undone() -> None:
    content = read("application/json", gzip.compress(b'{"a":"b"}'), content_encoding="gzip")
    assert content.json_values == [(b"a", b"b")]
    assert content.raw == b'{"a":"b"}'


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        ("application/json", b'{broken "x\\u0027"', {}),
        ("application/json", b'{"a": NaN, "x": "\\u0027"}', {}),
        ("application/json; charset=utf-7", b'{"a": "x\\u0027"}', {}),
        ("application/json, text/html", b'{"a": "x\\u0027"}', {}),
        ("application/json", b'{"a": "x\\u0027"}', {"content_encoding": "br"}),
        ("multipart/form-data; boundary=x", b'{"a": "x\\u0027"}', {}),
        ("multipart/form-data", b'{"a": "x\\u0027"}', {}),
        ("application/x-www-form-urlencoded; charset=ibm037", b'"x\\u0027"', {}),
    ],
)
def test_what_does_not_parse_is_told_and_still_seen(kind: str, body: bytes, fields: dict[str, str]) -> None:
    content = read(kind, body, **fields)
    assert content.fault == "unparsable"
    assert content.detail
    assert (b"", body) in content.text
    assert any(b"'" in value for _, value in content.text)


def test_too_much_is_told_and_still_seen() -> None:
    body = b"[" * 70 + b'"x"' + b"]" * 70
    content = read("application/json", body)
    assert content.fault == "too-much"
    assert (b"", body) in content.text
    assert (b"", b"x") in content.text


def test_the_beginning_of_json_is_no_fault() -> None:
    content = read("application/json", b'{"a": "x\\u0027", "b', complete=False)
    assert content.fault == ""
    assert (b"", b"x'") in content.text


def test_xml_is_text() -> None:
    assert read("application/xml", b"<a/>").text == [(b"", b"<a/>")]


def test_nothing_comes_of_nothing() -> None:
    assert read("application/json", b"").fault == ""


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("application/json", True),
        ("application/x-www-form-urlencoded", True),
        ("multipart/form-data; boundary=x", True),
        ("text/csv", True),
        ("application/octet-stream", True),
        (None, True),
        ("image/svg+xml", True),
        ("image/png, application/json", True),
        ("image/png", False),
        ("Video/MP4; codecs=x", False),
        ("application/pdf", False),
    ],
)
def test_which_bodies_are_worth_holding_back(kind: str | None, wanted: bool) -> None:
    assert needs_body(request(kind)) is wanted


@pytest.mark.parametrize("start", [b'{"a"', b" \r\n[1", b'\xef\xbb\xbf{"a"', b"<a>", b'"a"', b" " * 64, b""])
def test_what_origins_parse_whatever_its_type_may_be_text(start: bytes) -> None:
    assert may_be_text(start)


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF", b"%PDF-1.7", b"PK\x03\x04", b"\0\0\0\x20ftyp"]
)
def test_media_are_no_text(start: bytes) -> None:
    assert not may_be_text(start)


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        (b"\x8b\x03\x80{}\x03", "application/json", "br"),
        (gzip.compress(b"{") + gzip.compress(b"}"), "application/json", "gzip"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            "identity",
        ),
    ],
)
def test_what_hides_its_text_is_told(body: bytes, kind: str, encoding: str) -> None:
    content = read(kind, body, content_encoding=encoding)
    assert (content.fault, content.hidden) == ("unparsable", True)


def test_what_is_too_long_once_decompressed_is_told() -> None:
    packed = gzip.compress(b" " * 200_000)
    assert read("application/json", packed, content_encoding="gzip").cut
    assert not read("application/json", gzip.compress(b"{}"), content_encoding="gzip").cut


def test_no_body_is_never_needed() -> None:
    one = request("application/json")
    one.body = Body(b"")
    assert not needs_body(one)
