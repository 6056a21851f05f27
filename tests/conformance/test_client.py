from __future__ import annotations

import pytest

from edgeguard.conformance.cases import Input
from edgeguard.conformance.client import encoded_form, request_bytes


def test_a_request_without_a_body_gets_the_end_of_its_connection_only() -> None:
    assert request_bytes(Input(headers=(("Host", "h"),))) == b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


def test_a_body_gets_type_and_length_and_is_encoded() -> None:
    sent = request_bytes(Input(method="POST", data=b"a=<b>&c"))
    assert sent == (
        b"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        b"Content-Length: 11\r\n\r\na=%3Cb%3E&c"
    )


def test_a_type_with_parameters_is_not_encoded() -> None:
    given = Input(data=b"a=<b>", headers=(("content-type", "application/x-www-form-urlencoded; charset=utf-8"),))
    assert request_bytes(given).endswith(b"\r\n\r\na=<b>")


def test_nothing_is_added_where_nothing_is_asked_for() -> None:
    sent = request_bytes(Input(method="\tGET", uri="\\", version="JUNK", data=b"a=<b>", autocomplete=False))
    assert sent == b"\tGET \\ JUNK\r\n\r\na=<b>"


def test_what_is_said_is_not_said_again() -> None:
    given = Input(
        method="POST", headers=(("connection", "x"), ("CONTENT-LENGTH", "99"), ("content-type", "text/plain")), data=b"<"
    )
    assert request_bytes(given) == b"POST / HTTP/1.1\r\nconnection: x\r\nCONTENT-LENGTH: 99\r\ncontent-type: text/plain\r\n\r\n<"


@pytest.mark.parametrize(
    ("method", "has"),
    [("GET", False), ("POST", True), ("POSTPONE", True), ("OUTPUT", True), ("UNDELETE", True), ("DELETED", False)],
)
def test_methods_that_may_have_a_body_get_a_length(method: str, has: bool) -> None:
    assert (b"Content-Length: 0\r\n" in request_bytes(Input(method=method))) == has
    assert b"Content-Length" not in request_bytes(Input(method=method, empty_length=False))


@pytest.mark.parametrize("data", [b"--x\nA: b\n\n1\n--x--\n", b"--x\r\nA: b\r\n\r\n1\r\n--x--\r\n"])
def test_the_lines_of_multipart_end_as_they_must(data: bytes) -> None:
    given = Input(method="POST", headers=(("Content-Type", "Multipart/Form-Data; boundary=x"),), data=data)
    assert request_bytes(given).endswith(b"Content-Length: 23\r\n\r\n--x\r\nA: b\r\n\r\n1\r\n--x--\r\n")


@pytest.mark.parametrize(
    ("data", "encoded"),
    [
        (b"a=b c&d=\xc3\xa9", b"a=b+c&d=%C3%A9"),
        (b"a=b=c", b"a=b%3Dc"),
        (b"a=b&", b"a=b"),
        (b"a=%3c<", b"a=%3c<"),
        (b"a=b+c<", b"a=b+c<"),
        (b"a=100%<", b"a=100%<"),
        (b"", b""),
    ],
)
def test_a_form_is_encoded_unless_it_is_already(data: bytes, encoded: bytes) -> None:
    assert encoded_form(data) == encoded


def test_a_whole_request_goes_as_it_is() -> None:
    assert request_bytes(Input(whole=b"anything\n\n", data=b"x")) == b"anything\n\n"


@pytest.mark.parametrize(
    ("location", "line"),
    [("/there?x=1", b"GET /there?x=1 HTTP/1.1"), ("http://other:81/p", b"GET /p HTTP/1.1"), ("", b"GET /a HTTP/1.1")],
)
def test_a_stage_follows_where_the_answer_before_pointed(location: str, line: bytes) -> None:
    assert request_bytes(Input(uri="/a", follow_redirect=True), location).startswith(line + b"\r\n")


def test_who_follows_asks_the_host_that_was_pointed_to() -> None:
    sent = request_bytes(Input(headers=(("Host", "h"),), follow_redirect=True), "http://other:81/p")
    assert b"\r\nHost: other:81\r\n" in sent
    assert b"Host: h\r\n" not in sent
