from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard

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


def read(content_type: str | None, body: bytes, *, complete: bool = True, processor: str | None = None, **fields: str) -> Content:
    return inspect(request(content_type, **fields), body, Waf(), complete=complete, processor=processor)


def part(disposition: str, value: str = "v") -> bytes:
    return f"--x\r\nContent-Disposition: {disposition}\r\n\r\n{value}\r\n".encode()


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


def test_what_stands_too_deep_is_an_argument_beside_those_that_do_not() -> None:
    body = b'{"a": "b", "c": ' + b"[" * 70 + b'"x\\u0027"' + b"]" * 70 + b"}"
    content = read("application/json", body)
    assert (content.fault, content.hidden) == ("too-much", False)
    assert (b"json.a", b"b") in content.arguments
    assert (b"json", b"x'") in content.arguments


PART = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n%b\r\nc\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" + b"1," * 5 + b'"x"]'),
        ("application/json", b"[" + b'"a",' * 5 + b'"x",]'),
        ("application/json; charset=utf-7", b'"a"' * 6),
        ("application/x-www-form-urlencoded", b"a&a&a&a&a&a=x"),
        ("multipart/form-data; boundary=x", (PART % b"") * 6 + b"--x--\r\n"),
        ("multipart/form-data; boundary=x", (PART % b"") * 6),
        ("multipart/form-data; boundary=x", (PART % (b"a:\r\n" * 5)) + (PART % b"") + b"--x--\r\n"),
        ("text/xml", b"<a>" + b"<b/>" * 6 + b"x</a>"),
        ("text/xml", b"<a><![CDATA[" + b"<" * 30 + b"]]>&#39;</a>"),
    ],
)
def test_what_stands_behind_the_last_value_that_is_looked_at_is_hidden(kind: str, body: bytes) -> None:
    content = inspect(request(kind), body, Waf(body_values=5), complete=True)
    assert content.fault
    assert content.hidden
    assert not inspect(request(kind), body, Waf(body_values=50), complete=True).hidden


def test_the_beginning_of_json_is_no_fault() -> None:
    content = read("application/json", b'{"a": "x\\u0027", "b', complete=False)
    assert content.fault == ""
    assert (b"", b"x'") in content.text


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "application/soap+xml; charset=utf-8", "image/svg+xml"])
def test_xml_is_text_and_a_document(kind: str) -> None:
    content = read(kind, b"<a b='c'>d</a>")
    assert content.text == [(b"", b"<a b='c'>d</a>")]
    assert content.xml is not None
    assert content.xml.values("/*") == [b"d"]
    assert content.xml_values == [(b"a@b", b"c"), (b"a", b"d")]
    assert (content.processor, content.fault, content.arguments) == ("XML", "", [])


@pytest.mark.parametrize("kind", ["text/xml", "text/xml; charset=utf-16"])
def test_xml_in_wide_characters_is_read(kind: str) -> None:
    content = read(kind, "<?xml version='1.0' encoding='utf-16'?><a>d</a>".encode("utf-16"))
    assert content.fault == ""
    assert content.xml is not None
    assert content.xml.values("/*") == [b"d"]


def test_xml_with_a_document_type_is_told_and_still_seen() -> None:
    content = read("text/xml", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///x">]><a>&e;</a>')
    assert (content.fault, content.detail) == ("unparsable", "a document type is declared")
    assert content.text[0][1].startswith(b"<!DOCTYPE")
    assert content.error


def test_the_beginning_of_xml_is_no_fault() -> None:
    content = read("text/xml", b"<a>x<b>y", complete=False)
    assert content.fault == ""
    assert content.xml is not None
    assert content.xml.values("/*") == [b"xy"]


def test_lines_of_json_are_read_as_one_list() -> None:
    for kind in ("application/x-ndjson", "application/jsonl"):
        content = read(kind, b'{"a": 1}\r\n\n{"a": "\\u0027"}\n')
        assert content.json_values == [(b"a", b"1"), (b"a", b"'")]
        assert content.text
    assert read("application/json-seq", b'\x1e{"a":1}\n\x1e{"a":2}\n').json_values == [(b"a", b"1"), (b"a", b"2")]
    assert (b"", b"x'") in read("application/x-ndjson", b'{"a": 1}\n{"a": "x\\u0027"').text


@pytest.mark.parametrize(
    ("processor", "body", "arguments"),
    [
        ("URLENCODED", b"a=%27", [(b"a", b"'")]),
        ("json", b'{"a": [1]}', [(b"json.a.array_0", b"1")]),
        ("MULTIPART", part('form-data; name="a"') + b"--x--\r\n", [(b"a", b"v")]),
    ],
)
def test_a_processor_can_be_forced(processor: str, body: bytes, arguments: list[tuple[bytes, bytes]]) -> None:
    content = read("application/x-odd", body, processor=processor)
    assert content.processor == processor.upper()
    assert content.arguments == arguments
    assert (b"", body) in content.text


def test_a_forced_processor_that_fails_is_told() -> None:
    for processor in ("JSON", "XML", "MULTIPART", "UNKNOWN"):
        content = read("application/x-www-form-urlencoded", b"a=b", processor=processor)
        assert (content.fault, content.detail != "", content.error != "") == ("unparsable", True, True)
        assert (b"", b"a=b") in content.text


def test_without_a_processor_there_are_no_arguments() -> None:
    content = read("text/plain", b"a=b", processor="")
    assert (content.processor, content.arguments, content.error) == ("", [], "")
    assert content.form == [(b"a", b"b")]


def test_arguments_of_broken_json_are_its_strings() -> None:
    content = read("application/json", b'{"a": "x\\u0027", broken')
    assert content.arguments == [(b"json", b"a"), (b"json", b"x'")]


def test_fields_of_a_multipart_body_that_is_refused_are_still_seen() -> None:
    body = b"preamble\r\n" + part('form-data; name="a"', "1") + part("form-data; name='b'; x=y", "2") + b"--x--"
    content = read("multipart/form-data; boundary=x", body)
    assert content.fault == "unparsable"
    assert content.form == [(b"a", b"1"), (b"b", b"2")]
    assert content.arguments == content.form
    assert content.multipart is not None
    assert (content.multipart.data_before, content.multipart.invalid_quoting, content.multipart.strict_error) == (1, 1, 1)
    assert content.error == content.multipart.error != ""


def test_what_only_the_strict_reading_refuses_is_no_error_to_modsecurity() -> None:
    body = part('form-data; name="f"; filename="x"; filename*=utf-8\'\'y.php') + b"--x--\r\n"
    content = read("multipart/form-data; boundary=x", body)
    assert content.fault == "unparsable"
    assert content.error == ""
    assert (b"f", b"y.php") in content.file_names


def test_flags_of_a_good_multipart_body_are_told_too() -> None:
    content = read('multipart/form-data; boundary="x"', part('form-data; name="a"') + b"--x--\r\n")
    assert content.fault == ""
    assert content.multipart is not None
    assert (content.multipart.boundary_quoted, content.multipart.strict_error) == (1, 1)
    assert content.multipart is content.multipart


def test_a_malformed_type_is_told_and_its_body_is_parsed_as_far_as_it_goes() -> None:
    content = read("application/x-www-form-urlencoded; a=1; a=2", b"a=%27")
    assert content.fault == "unparsable"
    assert content.arguments == [(b"a", b"'")]


def test_broken_json_in_wide_characters_is_still_seen() -> None:
    content = read("application/json", '{"a": "\\u0027", }'.encode("utf-16-le"))
    assert content.fault == "unparsable"
    assert any(b"'" in value for _, value in content.text)


def test_uploads_beyond_a_limit_are_flagged() -> None:
    body = part('form-data; name="f"; filename="a"') * 3 + b"--x--\r\n"
    for limit, flag in ((0, 0), (3, 0), (2, 1)):
        content = inspect(request("multipart/form-data; boundary=x"), body, Waf(), complete=True, files=limit)
        assert content.multipart is not None
        assert content.multipart.file_limit_exceeded == flag


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/xml", "application/octet-stream"])
def test_packed_bodies_are_undone_for_every_processor(kind: str) -> None:
    assert read(kind, brotli.compress(b"<a/>"), content_encoding="br").raw == b"<a/>"
    assert read(kind, zstandard.compress(b"<a/>"), content_encoding="zstd").raw == b"<a/>"


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
        (b"\x8b\x03\x80{}\x03", "application/json", "compress"),
        (b"\xff\xff\xff\xff", "application/json", "br"),
        (b"x", "application/json", "br"),
        (gzip.compress(b"{}")[:-1], "application/json", "gzip"),
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


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/x-www-form-urlencoded; charset=ibm037", b"a=1", [(b"a", b"1")]),
        ("application/x-www-form-urlencoded; charset='utf-8'", b"a=1", [(b"a", b"1")]),
        ("application/json; charset=utf-7", b'{"a": "1"}', [(b"json.a", b"1")]),
    ],
)
def test_an_odd_charset_is_told_and_hides_nothing(kind: str, body: bytes, expected: list[tuple[bytes, bytes]]) -> None:
    content = read(kind, body)
    assert content.fault == "unparsable"
    assert content.arguments[: len(expected)] == expected
    assert content.error == ""  # as ModSecurity, whose rule would refuse the request by it
    assert read("application/json", b"{").error != ""
