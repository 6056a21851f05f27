from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.errors import Blame, OriginFault
from edgeguard.message import Headers
from edgeguard.wire.response import FIELDS_MOST, INTERIM_MOST, ResponseParser

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 \r\n\r\n"


def parser(method: bytes = b"GET", header_bytes: int = 4096) -> ResponseParser:
    made = ResponseParser(header_bytes)
    made.expect(method)
    return made


def refusal(data: bytes, method: bytes = b"GET") -> str:
    with pytest.raises(OriginFault) as caught:
        parser(method).receive(data)
    assert (caught.value.status, caught.value.blame) == (502, Blame.ORIGIN)
    return caught.value.reason


def test_content_of_known_length() -> None:
    p = parser()
    assert p.receive(LENGTH) == b"hello"
    assert (p.status, p.done, p.keep_alive, p.surplus, p.length) == (200, True, True, False, 5)
    assert p.headers == Headers([(b"content-type", b"text/plain"), (b"content-length", b"5")])
    assert repr(p) == "ResponseParser(done, status=200, keep_alive=True)"


def test_chunked_content_loses_its_coding_and_trailers() -> None:
    p = parser()
    assert p.receive(CHUNKED) == b"hello"
    assert (p.done, p.keep_alive, p.length, p.headers) == (True, True, None, Headers())


def test_content_up_to_the_connections_end() -> None:
    p = parser()
    assert p.receive(b"HTTP/1.1 200 OK\r\n\r\nhel") == b"hel"
    assert p.receive(b"lo") == b"lo"
    assert not p.done
    p.eof()
    assert (p.done, p.keep_alive, p.length) == (True, False, None)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_no_content_whatever_the_length_says(status: bytes) -> None:
    p = parser()
    assert p.receive(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n") == b""
    assert (p.done, p.keep_alive) == (True, True)


def test_answer_to_head_keeps_its_length_and_has_no_content() -> None:
    p = parser(b"HEAD")
    assert p.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") == b""
    assert p.done
    assert p.headers is not None
    assert p.headers.get(b"content-length") == b"5"


@pytest.mark.parametrize(("framing", "reusable"), [(b"Content-Length: 0", True), (b"Content-Length: 5", False), (b"X: 1", False)])
def test_a_connection_is_used_after_head_only_where_no_content_can_follow(framing: bytes, reusable: bool) -> None:
    p = parser(b"HEAD")
    p.receive(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
    assert (p.done, p.keep_alive) == (True, reusable)


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_bytes_after_the_answer_end_the_connections_use(method: bytes) -> None:
    p = parser(method)
    p.receive(LENGTH + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    assert (p.done, p.surplus, p.keep_alive) == (True, True, False)


def test_interim_responses_are_skipped() -> None:
    p = parser()
    assert p.receive(INTERIM + LENGTH) == b"hello"
    assert (p.status, p.done, p.headers is not None and b"link" in p.headers) == (200, True, False)


def test_interim_responses_are_bounded() -> None:
    one = b"HTTP/1.1 103 \r\n\r\n"
    assert parser().receive(one * INTERIM_MOST + LENGTH) == b"hello"
    assert refusal(one * (INTERIM_MOST + 1)) == "http_protocol_error"


def test_switching_protocols_is_refused() -> None:
    assert refusal(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n") == "http_protocol_error"
    assert refusal(b"HTTP/1.1 101 Switching\r\n\r\n") == "http_protocol_error"


@pytest.mark.parametrize(
    ("lines", "keeps"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: Foo , CLOSE\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: foo\r\nConnection: close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n", True),
    ],
)
def test_keep_alive(lines: bytes, keeps: bool) -> None:
    p = parser()
    p.receive(lines + b"Content-Length: 0\r\n\r\n")
    assert (p.done, p.keep_alive) == (True, keeps)


def test_fields_for_this_hop_stay_here() -> None:
    p = parser()
    p.receive(
        b"HTTP/1.1 200 OK\r\nConnection: X-Secret-Hop, keep-alive\r\nKeep-Alive: timeout=5\r\nX-Secret-Hop: 1\r\n"
        b"Upgrade: h2c\r\nTrailer: X\r\nProxy-Connection: close\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n"
    )
    assert p.headers == Headers([(b"x-kept", b"1"), (b"content-length", b"0")])


@pytest.mark.parametrize("field", [b"Content-Length: 5\r\nContent-Length: 5\r\n", b"Content-Length: 5, 5\r\n"])
def test_equal_lengths_become_one(field: bytes) -> None:
    p = parser()
    assert p.receive(b"HTTP/1.1 200 OK\r\nX: 1\r\n" + field + b"\r\nhello") == b"hello"
    assert p.headers == Headers([(b"x", b"1"), (b"content-length", b"5")])


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length: \r\n",
        b"Content-Length: 5 5\r\n",
        b"Content-Length: 1234567890123456789\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n chunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer_Encoding@: chunked\r\n",
        b"A: 1\n\r\n",
        b"A: 1\rB: 2\r\n",
        b"A: 1\x00\r\n",
        b"A: \x0b1\r\n",
        b": 1\r\n",
        b"A\r\n",
        b" A: 1\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(fields: bytes) -> None:
    assert refusal(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nhello") == "http_protocol_error"


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"chunked, chunked", b"identity", b"chunked, gzip", b"xchunked"])
def test_other_codings_are_refused(coding: bytes) -> None:
    assert refusal(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n") in (
        "http_response_transfer_coding",
        "http_protocol_error",  # where llhttp was first
    )


def test_codings_in_two_fields_are_refused() -> None:
    refusal(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def test_chunked_in_http_1_0_is_refused() -> None:
    assert refusal(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == "http_protocol_error"


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/2.0 200 OK",
        b"HTTP/0.9 200 OK",
        b"HTTP/1.2 200 OK",
        b"http/1.1 200 OK",
        b"HTTP/1.1  200 OK",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 600 OK",
        b"HTTP/1.1 999 OK",
        b"HTTP/1.1 200 O\x01K",
        b"ICY 200 OK",
        b"SSH-2.0-OpenSSH_9.2",
        b"",
    ],
)
def test_other_status_lines_are_refused(line: bytes) -> None:
    assert refusal(line + b"\r\nContent-Length: 0\r\n\r\n") == "http_protocol_error"


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 ", b"HTTP/1.1 200", b"HTTP/1.1 299 \xc3\xbcber gut"])
def test_status_lines_with_and_without_a_phrase(line: bytes) -> None:
    p = parser()
    p.receive(line + b"\r\nContent-Length: 0\r\n\r\n")
    assert p.done


@pytest.mark.parametrize("body", [b"5\nhello\r\n0\r\n\r\n", b"-5\r\n", b"5\r\nhelloX\r\n", b"G\r\n", b"0\r\nno trailer\r\n\r\n"])
def test_broken_chunks_are_refused(body: bytes) -> None:
    assert refusal(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body) == "http_protocol_error"


def test_head_size_is_bounded_to_the_byte() -> None:
    def head(size: int) -> bytes:
        start = b"HTTP/1.1 204 \r\nA: "
        return start + b"a" * (size - len(start)) + b"\r\n\r\n"

    p = parser(header_bytes=100)
    p.receive(head(100))
    assert p.done
    with pytest.raises(OriginFault, match="http_response_header_section_size"):
        parser(header_bytes=100).receive(head(101))


def test_head_without_end_is_refused_at_the_bound() -> None:
    p = parser(header_bytes=100)
    p.receive(b"HTTP/1.1 200 OK\r\n")
    for _ in range(14):
        p.receive(b"A: 1\r\n")
    with pytest.raises(OriginFault, match="http_response_header_section_size"):
        p.receive(b"A: 1\r\n")


def test_fields_are_bounded() -> None:
    p = parser()
    p.receive(b"HTTP/1.1 204 \r\n" + b"A:\r\n" * FIELDS_MOST + b"\r\n")
    assert p.done
    assert refusal(b"HTTP/1.1 204 \r\n" + b"A:\r\n" * (FIELDS_MOST + 1) + b"\r\n") == "http_response_header_section_size"


def test_what_can_never_become_a_head_is_refused_at_once() -> None:
    assert refusal(b"\x16\x03\x01\x02\x00") == "http_protocol_error"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "connection_terminated"),
        (b"HTTP/1.1 2", "http_response_incomplete"),
        (INTERIM, "http_response_incomplete"),
        (LENGTH[:-1], "http_response_incomplete"),
        (CHUNKED[:-2], "http_response_incomplete"),
    ],
)
def test_premature_end(data: bytes, reason: str) -> None:
    p = parser()
    if data:
        p.receive(data)
    with pytest.raises(OriginFault) as caught:
        p.eof()
    assert (caught.value.status, caught.value.reason) == (502, reason)


def test_one_parser_reads_one_answer_after_another() -> None:
    p = parser()
    for data in (CHUNKED, LENGTH, INTERIM + LENGTH):
        p.expect(b"GET")
        assert (p.started, p.done) == (False, False)
        assert p.receive(data) == b"hello"
        assert (p.started, p.done, p.keep_alive) == (True, True, True)


@given(
    data=st.sampled_from([LENGTH, CHUNKED, INTERIM + CHUNKED, b"HTTP/1.0 200 OK\r\n\r\nhello", LENGTH + b"x"]),
    cuts=st.lists(st.integers(0, 120), max_size=8),
)
def test_any_split_gives_the_same(data: bytes, cuts: list[int]) -> None:
    whole, split = parser(), parser()
    content = whole.receive(data)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges) if start < end]
    got = b"".join(split.receive(piece) for piece in pieces if not split.done)
    assert got == content == b"hello"
    assert (split.status, split.headers, split.length, split.done) == (whole.status, whole.headers, whole.length, whole.done)


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused_or_waited_for_and_nothing_else_is_raised(data: bytes, begun: bool) -> None:
    p = parser()
    with suppress(OriginFault):
        p.receive(b"HTTP/1.1 200 OK\r\n" + data if begun else data)
        assert p.done or not p.surplus
