from __future__ import annotations

import json

import pytest

from edgeguard.conformance.reflection import answer


def reflect(**spec: object) -> tuple[int, dict[bytes, bytes], bytes]:
    status, headers, content = answer(b"POST", b"/reflect", json.dumps(spec).encode())
    return status, dict(headers), content


@pytest.mark.parametrize(
    ("method", "path"), [(b"GET", b"/"), (b"GET", b"/reflect"), (b"POST", b"/reflection"), (b"PUT", b"/reflect")]
)
def test_whatever_asks_for_nothing_gets_nothing(method: bytes, path: bytes) -> None:
    status, headers, content = answer(method, path, b'{"body": "x"}')
    assert (status, list(headers), content) == (200, [(b"content-length", b"0")], b"")


def test_what_is_asked_for_is_answered() -> None:
    status, fields, content = reflect(status=201, headers={"X-A": "b", "Content-Type": "a/b"}, body="é")
    assert (status, content) == (201, "é".encode())
    assert fields == {b"x-a": b"b", b"content-type": b"a/b", b"content-length": b"2"}


def test_a_body_may_come_in_base64() -> None:
    assert reflect(encodedBody="AAE=")[2] == b"\x00\x01"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (" <html>", b"text/html; charset=utf-8"),
        ("<!-- x", b"text/html; charset=utf-8"),
        ("<p>", b"text/html; charset=utf-8"),
        ("<pre>", b"text/plain; charset=utf-8"),
        ("<?xml version", b"text/xml; charset=utf-8"),
        ("<?php", b"text/plain; charset=utf-8"),
        ("a\x01", b"application/octet-stream"),
    ],
)
def test_a_type_that_is_not_said_is_guessed(body: str, kind: bytes) -> None:
    assert reflect(body=body)[1][b"content-type"] == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"status": "x"}', b'{"headers": 1}', b'{"encodedBody": "abc"}', b'{"status": 99}', b'{"status": 700}'],
)
def test_what_makes_no_sense_is_refused(content: bytes) -> None:
    assert answer(b"POST", b"/reflect", content).status == 400


def test_a_length_that_lies_is_not_passed_on() -> None:
    assert reflect(headers={"Content-Length": "9"}, body="ab")[1][b"content-length"] == b"2"
