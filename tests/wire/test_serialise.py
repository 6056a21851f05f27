from __future__ import annotations

import pytest

from edgeguard.wire.body import ChunkedDecoder
from edgeguard.wire.serialise import CONTINUE, LAST_CHUNK, chunk, field_lines, request_head, response_head

LINE_ENDS = [b"\r", b"\n", b"\r\n", b"\n\r", b"\r\nX: 1", b"\r\r\n\n"]


def test_request_head() -> None:
    head = request_head(b"POST", b"/a?b=c", field_lines([(b"host", b"a"), (b"x-empty", b""), (b"x-high", b"\xff\t ")]))
    assert head == b"POST /a?b=c HTTP/1.1\r\nhost: a\r\nx-empty: \r\nx-high: \xff\t \r\n\r\n"


def test_request_head_without_fields() -> None:
    assert request_head(b"GET", b"/", b"") == b"GET / HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize("end", LINE_ENDS)
def test_request_head_refuses_line_ends_everywhere(end: bytes) -> None:
    for at in range(4):
        method, target, name, value = [part + end if at == i else part for i, part in enumerate((b"GET", b"/", b"x", b"y"))]
        with pytest.raises(ValueError, match="line end"):
            request_head(method, target, field_lines([(b"host", b"a"), (name, value)]))


@pytest.mark.parametrize("end", LINE_ENDS)
def test_response_head_refuses_line_ends_everywhere(end: bytes) -> None:
    for field in ((b"x" + end, b"y"), (b"x", b"y" + end), (b"x", end + b"y")):
        with pytest.raises(ValueError, match="line end"):
            response_head(200, [(b"server", b"a"), field])


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, b"HTTP/1.1 200 OK"),
        (204, b"HTTP/1.1 204 No Content"),
        (404, b"HTTP/1.1 404 Not Found"),
        (431, b"HTTP/1.1 431 Request Header Fields Too Large"),
        (503, b"HTTP/1.1 503 Service Unavailable"),
        (299, b"HTTP/1.1 299 "),
        (599, b"HTTP/1.1 599 "),
    ],
)
def test_response_head_has_the_standard_phrase_or_none(status: int, line: bytes) -> None:
    assert response_head(status, []) == line + b"\r\n\r\n"


def test_chunk_and_last_chunk_are_read_back() -> None:
    wire = chunk(b"a" * 26) + chunk(b"") + chunk(b"\r\n") + LAST_CHUNK
    assert wire.startswith(b"1a\r\n")
    assert ChunkedDecoder().decode(wire) == (b"a" * 26 + b"\r\n", b"")


def test_chunk_of_nothing_does_not_end_the_body() -> None:
    assert chunk(b"") == b""


def test_continue_is_a_whole_head() -> None:
    assert response_head(100, []) == CONTINUE
