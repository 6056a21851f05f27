"""Any bytes, under any type and encoding: never an exception, never a body unseen, never more than the bounds allow."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.config.model import Waf
from edgeguard.message import Body, Headers, Request
from edgeguard.waf.bodies.content import Content, TooMuch, Unparsable
from edgeguard.waf.bodies.inspect import inspect
from edgeguard.waf.bodies.json_text import parse

VALUES = 50
BOUNDS = Waf(body_values=VALUES, body_depth=8, inspect_bytes=4096)

TYPES = st.sampled_from(
    [
        b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=B", b"text/xml", b"text/plain",
        b'multipart/form-data; boundary="B"', b"multipart/form-data", b"application/x-ndjson", b"text/xml; charset=utf-16", b",",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        b"--B", b"\r\n", b"\n", b"--", b'Content-Disposition: form-data; name="a"', b"; filename=x", b"'", b'"', b"\r\n\r\n",
        b" ", b"Content-Type: text/plain; charset=utf-16le", b"; filename*=utf-8''%41",
        b"<a>", b"</a>", b"<a b='c'/>", b"&x;", b"<!--", b"-->", b"<!DOCTYPE a [", b"]>", b"<![CDATA[",
        b"<?xml version='1.0' encoding='utf-8'?>",
        b"{", b"}", b"[", b"]", b",", b":", b"\\u0027", b"\\", b"1.50", b"null", b"a=b", b"&", b"%27", b"%", b"+",
        b"\0", b"\xff\xfe", b"\x1e",
    ]
)  # fmt: skip
BODIES = st.lists(WORDS | st.binary(max_size=8), max_size=60).map(b"".join)
ENCODINGS = st.sampled_from([None, b"gzip", b"deflate", b"br", b"zstd", b"identity", b"gzip, br"])
PROCESSORS = st.sampled_from([None, "", "JSON", "XML", "MULTIPART", "URLENCODED", "ODD"])


def read(
    kind: bytes, body: bytes, *, encoding: bytes | None = None, complete: bool = True, processor: str | None = None
) -> Content:
    fields = [(b"content-type", kind)] + ([] if encoding is None else [(b"content-encoding", encoding)])
    request = Request(b"POST", b"/", b"/", None, b"https", b"h", Headers(fields), Body(None))
    return inspect(request, body, BOUNDS, complete=complete, processor=processor)


@settings(max_examples=400)
@given(TYPES, BODIES, ENCODINGS, st.booleans(), PROCESSORS)
def test_any_body_comes_to_an_end_within_its_bounds(
    kind: bytes, body: bytes, encoding: bytes | None, complete: bool, processor: str | None
) -> None:
    content = read(kind, body, encoding=encoding, complete=complete, processor=processor)
    assert content.fault in ("", "unparsable", "too-much")
    assert bool(content.detail) == bool(content.fault)
    for pairs in (content.json_keys, content.json_values, content.json_arguments):
        assert len(pairs) <= VALUES + 1
    assert len(content.form) <= 2 * VALUES
    assert len(content.xml_values) <= 16 * VALUES
    if content.xml is not None:
        assert all(
            isinstance(value, bytes) for path in ("/*", "//@*", "//text()", "count(//*)") for value in content.xml.values(path)
        )
    if content.multipart is not None:
        assert len(content.multipart.part_headers) <= VALUES
    if content.fault:
        assert content.text[0] == (b"", content.raw)


@settings(max_examples=300)
@given(BODIES, st.binary(min_size=1, max_size=20).filter(lambda value: b"\n" not in value and b"--" not in value))
def test_a_field_among_anything_is_seen(around: bytes, value: bytes) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + value + b"\r\n--B\r\n" + around
    found = [text for name, text in read(b"multipart/form-data; boundary=B", body).form if name == b"q"]
    assert value in found


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4))


def leaves(tree: Any, name: str) -> list[tuple[str, Any]]:
    if isinstance(tree, dict):
        return [leaf for key, value in tree.items() for leaf in leaves(value, f"{name}.{key or 'empty-key'}")]
    if isinstance(tree, list):
        return [leaf for number, value in enumerate(tree) for leaf in leaves(value, f"{name}.array_{number}")]
    return [(name, "" if tree is None else tree if isinstance(tree, str) else json.dumps(tree))]


@given(TREES, st.booleans())
def test_each_scalar_is_an_argument_under_its_name(tree: Any, ascii_only: bool) -> None:
    content = Content()
    parse(json.dumps(tree, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"), content, 64, 1000)
    expected = [
        (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")) for name, value in leaves(tree, "json")
    ]
    assert sorted(content.json_arguments) == sorted(expected)
    assert len(content.json_values) == len(expected)


@given(st.lists(st.sampled_from("[]{},:\"'a1 \\"), max_size=30).map("".join))
def test_text_is_json_here_where_it_is_to_the_standard_library(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        taken = False
    else:
        taken = True
    try:
        parse(text.encode(), Content(), 64, 1000)
    except (Unparsable, TooMuch):
        assert not taken
    else:
        assert taken
