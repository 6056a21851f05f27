from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httptools
import pytest

from edgeguard.errors import Blame, ClientFault
from edgeguard.wire.request import _KEPT_MOST, HeadLimits, RequestParser

if TYPE_CHECKING:
    from edgeguard.message import Request

GET = b"GET /a?b=c HTTP/1.1\r\nHost: cms.example\r\nAccept: */*\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 5\r\n\r\n"
CHUNKED = b"POST /a HTTP/1.1\r\nHost: cms.example\r\nTransfer-Encoding: chunked\r\n\r\n"
SMALL = HeadLimits(request_line=40, header_bytes=120, header_fields=4)


def parser(data: bytes = b"", limits: HeadLimits | None = None) -> RequestParser:
    made = RequestParser(limits or HeadLimits(), b"https")
    made.receive(data)
    return made


def facts(request: Request | None) -> tuple[object, ...]:
    """What two requests must have in common to be the same."""
    assert request is not None
    return (request.method, request.target, request.authority, request.version, request.headers.fields, request.body.whole)


def fed(data: bytes, step: int, limits: HeadLimits | None = None) -> list[Request]:
    """All requests without streamed bodies in `data`, of which `step` octets come at a time."""
    made, found = parser(limits=limits), []
    for at in range(0, len(data), step):
        made.receive(data[at : at + step])
        while request := made.next_request():
            found.append(request)
    return found


def one(data: bytes) -> Request:
    request = parser(data).next_request()
    assert request is not None
    return request


def refusal(data: bytes, step: int | None = None, limits: HeadLimits | None = None) -> tuple[int, str]:
    with pytest.raises(ClientFault) as caught:
        fed(data, step or len(data), limits)
    assert (caught.value.blame, caught.value.close, caught.value.retry) == (Blame.CLIENT, True, False)
    return caught.value.status, caught.value.reason


def status(data: bytes, limits: HeadLimits | None = None) -> int:
    """The status with which `data` is refused, which must not depend on how it arrives."""
    found = {refusal(data, step, limits)[0] for step in (len(data), 1)}
    assert len(found) == 1, found
    return found.pop()


def with_field(*lines: bytes, version: bytes = b"1.1") -> bytes:
    return b"POST / HTTP/" + version + b"\r\nHost: a\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def content(made: RequestParser) -> tuple[bytes, bool]:
    whole = b""
    while True:
        piece, ended = made.content()
        whole += piece
        if ended or not piece:
            return whole, ended


class TestNextRequest:
    def test_a_request(self) -> None:
        request = one(GET)
        assert (request.method, request.target, request.path, request.query) == (b"GET", b"/a?b=c", b"/a", b"b=c")
        assert (request.scheme, request.authority, request.version) == (b"https", b"cms.example", b"1.1")
        assert request.headers.fields == [(b"host", b"cms.example"), (b"accept", b"*/*")]
        assert request.body.whole == b""

    def test_nothing_before_anything_came(self) -> None:
        made = parser()
        assert made.next_request() is None
        assert made.buffered == 0

    def test_octet_by_octet(self) -> None:
        assert [facts(request) for request in fed(GET, 1)] == [facts(one(GET))]

    def test_path_is_normalised_and_target_is_not(self) -> None:
        request = one(b"GET /a/%2e%2E/%62?%2e HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (request.target, request.path, request.query) == (b"/a/%2e%2E/%62?%2e", b"/b", b"%2e")

    def test_values_lose_the_space_around_them_and_keep_that_within(self) -> None:
        request = one(b"GET / HTTP/1.1\r\nHost:a\t \r\nX: \t b  \xe9 c \t\r\nY:\r\nZ: \r\n\r\n")
        assert request.headers.fields == [(b"host", b"a"), (b"x", b"b  \xe9 c"), (b"y", b""), (b"z", b"")]

    def test_one_empty_line_before_it_is_forgiven(self) -> None:
        for step in (1, 2, 3, 1000):
            found = fed(b"\r\n" + GET + b"\r\n" + GET, step)
            assert [facts(request) for request in found] == [facts(one(GET))] * 2
            assert refusal(b"\r\n\r\n" + GET, step) == (400, "empty-lines")

    def test_a_head_after_an_empty_line_has_its_full_length(self) -> None:
        head = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        head += b"a" * (SMALL.header_bytes - len(head)) + b"\r\n\r\n"
        assert len(fed(b"\r\n" + head, 1000, SMALL)) == len(fed(b"\r\n" + head, 1, SMALL)) == 1

    def test_empty_lines_leave_nothing_behind_for_ever(self) -> None:
        made = parser(b"\r\n")
        assert made.next_request() is None
        made.receive(b"\r\n")
        with pytest.raises(ClientFault, match="empty-lines"):
            made.next_request()

    def test_repr_tells_the_state(self) -> None:
        made = parser(POST + b"he")
        assert repr(made) == f"RequestParser(buffered={len(POST) + 2}, body=none)"
        made.next_request()
        assert repr(made) == "RequestParser(buffered=2, body=unfinished)"


class TestPipelining:
    def test_several_in_one_buffer_come_in_order(self) -> None:
        data = GET + POST + b"hello" + GET.replace(b"/a", b"/b") + POST + b"GET /" + GET
        bodies = [(request.path, request.body.whole) for request in fed(data, len(data))]
        assert bodies == [(b"/a", b""), (b"/a", b"hello"), (b"/b", b""), (b"/a", b"GET /"), (b"/a", b"")]

    def test_the_next_one_waits_for_the_body_to_end(self) -> None:
        made = parser(CHUNKED + b"3\r\nabc\r\n")
        assert made.next_request() is not None
        assert made.next_request() is None
        assert made.content() == (b"abc", False)
        made.receive(b"0\r\n\r\n" + GET + b"GET /next")
        assert made.next_request() is None
        assert made.content() == (b"", True)
        assert made.content() == (b"", True)
        assert facts(made.next_request()) == facts(one(GET))
        assert made.next_request() is None
        assert made.buffered == len(b"GET /next")

    def test_a_chunked_body_that_is_all_here_is_read_in_pieces_too(self) -> None:
        made = parser(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n" + GET)
        request = made.next_request()
        assert request is not None
        assert (request.body.whole, request.body.length) == (None, None)
        assert content(made) == (b"hello", True)
        assert facts(made.next_request()) == facts(one(GET))

    def test_what_follows_a_body_is_the_next_head(self) -> None:
        assert refusal(POST + b"hello!" + GET) == (501, "unknown-method")

    def test_a_refusal_comes_after_the_good_ones(self) -> None:
        made = parser(GET + b"\x00" + GET)
        assert facts(made.next_request()) == facts(one(GET))
        with pytest.raises(ClientFault, match="bad-method"):
            made.next_request()


class TestContent:
    def test_a_body_that_came_with_its_head_is_whole(self) -> None:
        made = parser(POST + b"hello")
        request = made.next_request()
        assert request is not None
        assert (request.body.whole, request.body.length, made.decoder, made.buffered) == (b"hello", 5, None, 0)

    def test_a_body_on_its_way_is_given_piece_by_piece(self) -> None:
        made = parser(POST + b"he")
        request = made.next_request()
        assert request is not None
        assert (request.body.whole, request.body.length) == (None, 5)
        assert made.content() == (b"he", False)
        assert made.content() == (b"", False)
        made.receive(b"l")
        made.receive(b"lo" + GET)
        assert made.content() == (b"llo", True)
        assert made.buffered == len(GET)

    def test_zero_length_is_no_body(self) -> None:
        made = parser(with_field(b"Content-Length: 0") + GET)
        request = made.next_request()
        assert request is not None
        assert (request.body.whole, made.decoder) == (b"", None)
        assert facts(made.next_request()) == facts(one(GET))

    def test_broken_chunks_are_the_clients_fault(self) -> None:
        made = parser(CHUNKED + b"5\r\nhello!\r\n")
        made.next_request()
        with pytest.raises(ClientFault) as caught:
            made.content()
        assert (caught.value.status, caught.value.reason, caught.value.close) == (400, "bad-chunk-end", True)

    def test_nothing_is_left_of_a_body_that_was_taken(self) -> None:
        made = parser(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        made.next_request()
        for _ in range(100):
            made.receive(b"a" * 1000)
            assert made.content() == (b"a" * 1000, False)
            assert made.buffered == 0


class TestFraming:
    @pytest.mark.parametrize("coding", [b"chunked", b"Chunked", b"CHUNKED"])
    @pytest.mark.parametrize("name", [b"Transfer-Encoding: ", b"transfer-encoding:", b"TRANSFER-ENCODING: "])
    def test_chunked_is_the_one_coding(self, name: bytes, coding: bytes) -> None:
        made = parser(with_field(name + coding) + b"0\r\n\r\n" + GET)
        assert made.next_request() is not None
        assert content(made) == (b"", True)
        assert facts(made.next_request()) == facts(one(GET))

    @pytest.mark.parametrize(
        "coding",
        [b"", b" ", b"chunked, chunked", b"chunked,chunked", b"gzip, chunked", b"chunked, gzip", b"gzip", b"identity",
         b"identity, chunked",
         b"chunked, identity", b"chunked;x", b"chunked;", b"chunked,", b",chunked", b'"chunked"', b"xchunked", b"chunkedx",
         b"chunke",
         b"chunked ", b"chunked\t", b"\tchunked", b"\t chunked", b"  chunked", b"\x0bchunked", b"chunked\x0b",
         b"\x0cchunked", b"\xa0chunked",
         b"chunked\x00", b"chun ked", b"x\r\n chunked", b"\r\n chunked", b"chunked\r\nTransfer-Encoding: chunked",
         b"chunked\r\nTransfer-Encoding: identity", b"identity\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding: chunked",
         b"gzip\r\nTransfer-Encoding: chunked", b"chunked\r\nTransfer-Encoding:"],
    )  # fmt: skip
    def test_any_other_coding_is_refused(self, coding: bytes) -> None:
        assert status(with_field(b"Transfer-Encoding: " + coding) + b"0\r\n\r\n") == 400

    @pytest.mark.parametrize(
        "name",
        [b"Transfer-Encoding :", b"Transfer-Encoding\t:", b" Transfer-Encoding:", b"\tTransfer-Encoding:",
         b"Transfer-Encoding\x00:",
         b"Transfer-Encoding\x0b:", b"Transfer Encoding:", b"Transfer-Encoding\r\n :", b"X: y\rTransfer-Encoding:",
         b"X: y\nTransfer-Encoding:"],
    )  # fmt: skip
    def test_any_other_writing_of_the_name_is_refused(self, name: bytes) -> None:
        assert status(with_field(name + b" chunked", b"X: y") + b"0\r\n\r\n") == 400

    @pytest.mark.parametrize("length", [b"0", b"5", b"", b"x"])
    def test_both_framings_are_refused(self, length: bytes) -> None:
        fields = (b"Content-Length: " + length, b"Transfer-Encoding: chunked")
        assert status(with_field(*fields) + b"0\r\n\r\n") == 400
        assert status(with_field(*fields[::-1]) + b"0\r\n\r\n") == 400

    def test_chunked_is_refused_in_http_1_0(self) -> None:
        assert status(with_field(b"Transfer-Encoding: chunked", version=b"1.0") + b"0\r\n\r\n") == 400

    @pytest.mark.parametrize(
        "lines",
        [(b"Content-Length: 5", b"Content-Length: 6"), (b"Content-Length: 5", b"Content-Length: 5"), (b"Content-Length: 5, 5",),
         (b"Content-Length: 5,5",), (b"Content-Length: 5, 6",), (b"Content-Length: +5",), (b"Content-Length: -5",),
         (b"Content-Length: -0",),
         (b"Content-Length: 0x5",), (b"Content-Length: 5h",), (b"Content-Length: a",), (b"Content-Length:",),
         (b"Content-Length: ",),
         (b"Content-Length: 5 ",), (b"Content-Length: 5\t",), (b"Content-Length: 5 5",), (b"Content-Length: 5;",),
         (b"Content-Length: 5.0",),
         (b"Content-Length: 1_0",), (b"Content-Length: " + b"9" * 19,), (b"Content-Length: " + b"9" * 400,),
         (b"Content-Length: 18446744073709551621",), (b"Content-Length : 5",), (b"Content-Length\t: 5",),
         (b" Content-Length: 5",),
         (b"Content-Length: 5", b"Content-Length:"), (b"Content-Length:", b"Content-Length: 5"), (b"Content-Length: \x0b5",)],
    )  # fmt: skip
    def test_lengths_that_are_no_one_number(self, lines: tuple[bytes, ...]) -> None:
        assert status(with_field(*lines) + b"hello") == 400

    def test_a_length_may_be_long_and_is_never_reserved(self) -> None:
        made = parser(with_field(b"Content-Length: " + b"9" * 18))
        request = made.next_request()
        assert request is not None
        assert request.body.length == 10**18 - 1
        assert made.buffered == 0


class TestRefusals:
    @pytest.mark.parametrize("octet", [b"\x00", b"\n", b"\r", b"\x0b", b"\x1b", b"\x7f"])
    def test_a_control_at_any_place_of_the_head(self, octet: bytes) -> None:
        for at in range(1, len(GET) - 2):
            broken = GET[:at] + octet + GET[at:]
            if octet in b"\r\n" and GET[at - 1 : at + 1] in (b"\r\n", b"\n\r"):
                continue  # a line end beside a line end is told below
            assert status(broken) == 400, broken

    def test_line_ends_beside_line_ends(self) -> None:
        first, rest = GET.split(b"\r\n", 1)
        for end in (b"\r\r\n", b"\n\r\n", b"\n", b"\r", b"\r\n\r", b"\n\r", b"\r\n\n"):
            assert status(first + end + rest) == 400, end

    @pytest.mark.parametrize(
        "line", [b" X: y", b"\tX: y", b": y", b":", b"X", b"X y", b"X : y", b"X\t: y", b"(X): y", b"X\xe9: y", b"X/Y: z", b" "]
    )
    def test_lines_that_are_no_field(self, line: bytes) -> None:
        assert status(b"GET / HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n\r\n") == 400
        assert status(b"GET / HTTP/1.1\r\n" + line + b"\r\nHost: a\r\n\r\n") == 400

    @pytest.mark.parametrize(
        "version",
        [b"HTTP/2.0", b"HTTP/2", b"HTTP/0.9", b"HTTP/1.2", b"HTTP/1.10", b"HTTP/1.1.1", b"HTTP/01.1", b"HTTP/1.", b"HTTP/1",
         b"HTTP/", b"http/1.1",
         b"Http/1.1", b"HTTP/1,1", b"HTTPS/1.1", b"ICE/1.0", b"RTSP/1.0", b"", b" HTTP/1.1", b"HTTP/1.1 ", b"HTTP/1.1\t",
         b"HTTP /1.1", b"x HTTP/1.1"],
    )  # fmt: skip
    def test_versions(self, version: bytes) -> None:
        assert status(b"GET / " + version + b"\r\nHost: a\r\n\r\n") == 400

    @pytest.mark.parametrize(
        "line",
        [
            b"GET /",
            b"GET",
            b"",
            b"GET  / HTTP/1.1",
            b" GET / HTTP/1.1",
            b"GET\t/ HTTP/1.1",
            b"GET /\tHTTP/1.1",
            b"GET / a HTTP/1.1",
            b"GET HTTP/1.1",
        ],
    )
    def test_request_lines(self, line: bytes) -> None:
        assert status(b"X" * (not line) + line + b"\r\nHost: a\r\n\r\n") == 400

    @pytest.mark.parametrize("method", [b"get", b"Get", b"GETT", b"GE", b"FOO", b"G_T", b"X-GET"])
    def test_methods_that_nobody_knows(self, method: bytes) -> None:
        assert status(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n") == 501

    @pytest.mark.parametrize("method", [b"", b"GET/", b"G\xc9T", b"G(T", b"GET:", b'"GET"', b"G,T"])
    def test_methods_that_are_no_token(self, method: bytes) -> None:
        assert status(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n") == 400

    @pytest.mark.parametrize("head", [b"CONNECT a:443", b"CONNECT /", b"TRACE /", b"TRACE *"])
    def test_methods_that_are_never_allowed(self, head: bytes) -> None:
        assert status(head + b" HTTP/1.1\r\nHost: a\r\n\r\n") == 405

    @pytest.mark.parametrize("method", [b"PROPFIND", b"PURGE", b"QUERY", b"M-SEARCH", b"OPTIONS"])
    def test_other_methods_are_for_others_to_judge(self, method: bytes) -> None:
        assert one(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n").method == method

    @pytest.mark.parametrize(
        "lines",
        [(), (b"Host:",), (b"Host: ",), (b"Host: a", b"Host: a"), (b"Host: a", b"Host: b"), (b"Host: a", b"host:"),
         (b"Host:", b"Host: a"),
         (b"Host: a b",), (b"Host: a, b",), (b"Host: u@a",), (b"Host: u:p@a",), (b"Host: a/",), (b"Host: a/b",), (b"Host: a?b",),
         (b"Host: a#b",), (b"Host: a:x",), (b"Host: a:65536",), (b"Host: a:80:80",), (b"Host: :80",), (b"Host: http://a",),
         (b"Host: a\xe9",),
         (b"Host: a\\b",), (b"Host: [::1",), (b"Host: ::1",), (b"Host: " + b"a" * 256,), (b"Host : a",), (b"X-Host: a",)],
    )  # fmt: skip
    def test_hosts(self, lines: tuple[bytes, ...]) -> None:
        head = b"".join(line + b"\r\n" for line in lines) + b"\r\n"
        for version in (b"1.1", b"1.0"):
            assert status(b"GET / HTTP/" + version + b"\r\n" + head) == 400

    @pytest.mark.parametrize(
        "target",
        [b"a", b"a:443", b"a/b", b"*", b"?a", b"/a#b", b"#", b"/\xc3\xa9", b"/\x7f", b"http://", b"http:///a",
         b"http://u@a/", b"ftp://a/", b"http://a#b",
         b"http://a:x/", b"/%", b"/%00", b"/%zz", b"http://a/%00"],
    )  # fmt: skip
    def test_targets(self, target: bytes) -> None:
        assert status(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n") == 400

    @pytest.mark.parametrize(
        "hello",
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x80\x2e\x01\x00", b"\x00", b"GET /\n",
         b"GET / HTTP/1.1\nHost: a\n\n",
         b"GET / HTTP/1.1\rHost", b"GET /\x00", b"*1\r\n$4\r\nPING\r\n\x00"],
    )  # fmt: skip
    def test_what_can_become_no_head_is_refused_before_its_end(self, hello: bytes) -> None:
        assert refusal(hello)[0] == refusal(hello, 1)[0] == 400

    def test_preface_of_http_2(self) -> None:
        assert status(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 400


class Careless:
    """Stands in for llhttp, and believes whatever looks like a field: what is refused beside it is refused by us alone."""

    lost = 0
    finished = True

    def __init__(self, report: Any) -> None:
        self._report = report

    def feed_data(self, head: bytes) -> None:
        lines = head[:-4].split(b"\r\n")[1:]
        for line in lines[self.lost :]:
            name, _, value = line.partition(b":")
            self._report.on_header(name, value.strip(b" \t"))
        if self.finished:
            self._report.on_headers_complete()


class TestTwoOpinions:
    @pytest.fixture(autouse=True)
    def _careless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(httptools, "HttpRequestParser", Careless)

    def test_a_good_request_is_read_alike(self) -> None:
        assert one(GET).headers.fields == [(b"host", b"cms.example"), (b"accept", b"*/*")]

    @pytest.mark.parametrize(
        "lines",
        [
            (b"Content-Length: 5", b"Transfer-Encoding: chunked"),
            (b"Transfer-Encoding: chunked", b"Content-Length: 5"),
            (b"Content-Length:", b"Transfer-Encoding: chunked"),
            (b"Content-Length: 5", b"Transfer-Encoding:"),
            (b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
            (b"Transfer-Encoding: gzip, chunked",),
            (b"Transfer-Encoding: identity",),
            (b"Transfer-Encoding: chunked;x",),
            (b"Transfer-Encoding:\tchunked",),
            (b"Transfer-Encoding: chunked ",),
            (b"Transfer-Encoding : chunked",),
            (b"Content-Length: 5", b"Content-Length: 5"),
            (b"Content-Length: 5, 5",),
            (b"Content-Length: +5",),
            (b"Content-Length: 0x5",),
            (b"Content-Length:",),
            (b"Host: b",),
            (b" folded",),
            (b": nameless",),
            (b"X: \x00",),
            (b"X: a\rb",),
            (b"X: a\nb",),
        ],
    )
    def test_our_own_is_enough_to_refuse(self, lines: tuple[bytes, ...]) -> None:
        assert status(with_field(*lines) + b"hello") == 400

    def test_a_field_that_only_one_sees_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Careless, "lost", 1)
        assert refusal(b"GET / HTTP/1.1\r\nX: y\r\nHost: a\r\n\r\n") == (400, "parsers-disagree")

    def test_an_end_that_only_one_sees_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Careless, "finished", False)
        assert refusal(GET) == (400, "not-http")


class TestAbsoluteForm:
    def test_the_targets_host_wins_wherever_it_is_read(self) -> None:
        request = one(b"GET HTTP://B.example:81/c?d HTTP/1.1\r\nX: y\r\nHost: a\r\n\r\n")
        assert (request.authority, request.host) == (b"b.example:81", b"b.example")
        assert (request.target, request.path, request.query) == (b"/c?d", b"/c", b"d")
        assert request.headers.fields == [(b"x", b"y"), (b"host", b"b.example:81")]

    def test_the_scheme_is_that_of_the_connection(self) -> None:
        assert one(b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n").scheme == b"https"

    @pytest.mark.parametrize("name", [b"Authorization", b"content-type"])
    def test_fields_of_one_value_are_sent_once(self, name: bytes) -> None:
        field = name + b": Bearer a\r\n"
        assert one(b"GET / HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n").headers.get(name.lower()) == b"Bearer a"
        assert refusal(b"GET / HTTP/1.1\r\nHost: a\r\n" + field + field + b"\r\n") == (400, "repeated-field")

    def test_a_host_must_be_sent_nevertheless(self) -> None:
        assert refusal(b"GET http://a/ HTTP/1.1\r\n\r\n") == (400, "missing-host")

    def test_without_path(self) -> None:
        request = one(b"GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (request.target, request.path, request.query) == (b"/?b", b"/", b"b")

    def test_the_next_request_has_its_own_host_again(self) -> None:
        origin = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        absolute = origin.replace(b"/ ", b"http://b/ ", 1)
        found = fed(origin + absolute + origin + absolute, 1000)
        assert [request.authority for request in found] == [b"a", b"b", b"a", b"b"]
        assert [request.headers.get(b"host") for request in found] == [b"a", b"b", b"a", b"b"]


class TestExpect:
    @pytest.mark.parametrize("value", [b"100-continue", b"100-Continue"])
    def test_continue_is_expected_for_a_body_on_its_way(self, value: bytes) -> None:
        made = parser(with_field(b"Content-Length: 5", b"Expect: " + value))
        made.next_request()
        assert made.expects_continue
        made.receive(b"hello" + GET)
        made.content()
        made.next_request()
        assert not made.expects_continue

    def test_and_for_a_chunked_one(self) -> None:
        made = parser(with_field(b"Transfer-Encoding: chunked", b"Expect: 100-continue"))
        made.next_request()
        assert made.expects_continue

    def test_a_body_that_is_here_waits_for_nothing(self) -> None:
        for lines in ((b"Content-Length: 5",), (b"Content-Length: 0",), ()):
            made = parser(with_field(*lines, b"Expect: 100-continue") + b"hello")
            made.next_request()
            assert not made.expects_continue

    def test_http_1_0_expects_nothing(self) -> None:
        made = parser(with_field(b"Content-Length: 5", b"Expect: other", version=b"1.0"))
        made.next_request()
        assert not made.expects_continue

    @pytest.mark.parametrize("value", [b"", b"other", b"100-continue, other", b"100-continue\r\nExpect: 100-continue", b"100"])
    def test_anything_else_is_refused_whether_the_body_is_here_or_not(self, value: bytes) -> None:
        for rest in (b"", b"hello"):
            assert status(with_field(b"Content-Length: 5", b"Expect: " + value) + rest) == 417
        assert status(with_field(b"Expect: " + value)) == 417

    def test_repeated_fields_expect_it_again(self) -> None:
        made = parser()
        for _ in range(3):
            made.receive(with_field(b"Content-Length: 5", b"Expect: 100-continue"))
            made.next_request()
            assert made.expects_continue
            made.receive(b"hello")
            assert made.content() == (b"hello", True)


class TestKeepAlive:
    @pytest.mark.parametrize(
        ("version", "value", "kept"),
        [
            (b"1.1", None, True),
            (b"1.1", b"keep-alive", True),
            (b"1.1", b"close", False),
            (b"1.1", b"Close", False),
            (b"1.1", b"keep-alive, close", False),
            (b"1.1", b"close\t,\tx", False),
            (b"1.1", b"x\r\nConnection: close", False),
            (b"1.1", b"close ", False),
            (b"1.1", b"closed", True),
            (b"1.1", b"", True),
            (b"1.1", b"upgrade", True),
            (b"1.0", None, False),
            (b"1.0", b"Keep-Alive", True),
            (b"1.0", b"x, keep-alive", True),
            (b"1.0", b"keep-alive, close", False),
            (b"1.0", b"close", False),
        ],
    )
    def test_connection(self, version: bytes, value: bytes | None, kept: bool) -> None:
        head = with_field(*(() if value is None else (b"Connection: " + value,)), version=version)
        made = parser(head + head + with_field())
        for _ in range(2):  # the second time from the repeated fields
            made.next_request()
            assert made.keep_alive is kept
        made.next_request()
        assert made.keep_alive is True

    def test_upgrade_is_not_done_and_hides_no_body(self) -> None:
        made = parser(with_field(b"Connection: Upgrade", b"Upgrade: websocket", b"Content-Length: 5") + b"hello" + GET)
        request = made.next_request()
        assert request is not None
        assert request.body.whole == b"hello"
        assert facts(made.next_request()) == facts(one(GET))


class TestLimits:
    @staticmethod
    def line(octets: int) -> bytes:
        return b"GET /" + b"a" * (octets - len(b"GET / HTTP/1.1")) + b" HTTP/1.1\r\nHost: a\r\n\r\n"

    @staticmethod
    def head(octets: int) -> bytes:
        start = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        return start + b"a" * (octets - len(start)) + b"\r\n\r\n"

    @staticmethod
    def fields(number: int) -> bytes:
        return b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (number - 1) + b"\r\n"

    def test_defaults(self) -> None:
        assert HeadLimits() == (8192, 32768, 100)

    @pytest.mark.parametrize("limits", [SMALL, HeadLimits()])
    @pytest.mark.parametrize("step", [1, 7, 1_000_000])
    def test_up_to_the_bound(self, limits: HeadLimits, step: int) -> None:
        for data in (self.line(limits.request_line), self.head(limits.header_bytes), self.fields(limits.header_fields)):
            assert len(fed(data, step, limits)) == 1

    @pytest.mark.parametrize("limits", [SMALL, HeadLimits()])
    @pytest.mark.parametrize("step", [1, 7, 1_000_000])
    def test_one_beyond(self, limits: HeadLimits, step: int) -> None:
        assert refusal(self.line(limits.request_line + 1), step, limits) == (414, "long-request-line")
        assert refusal(self.head(limits.header_bytes + 1), step, limits) == (431, "long-header")
        assert refusal(self.fields(limits.header_fields + 1), step, limits) == (431, "many-fields")

    def test_far_beyond_and_with_no_end(self) -> None:
        assert status(b"GET /" + b"a" * 9000) == 414
        assert status(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000) == 431
        assert status(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 8_000) == 431
        assert status(self.line(40_000)) == 414

    def test_what_is_held_is_bounded(self) -> None:
        made, most = parser(), 0
        for octet in self.head(40_000)[: HeadLimits().header_bytes + 3]:
            made.receive(bytes([octet]))
            assert made.next_request() is None
            most = max(most, made.buffered)
        made.receive(b"a")
        with pytest.raises(ClientFault, match="long-header"):
            made.next_request()
        assert most == HeadLimits().header_bytes + 3

    def test_a_good_request_is_not_held_to_what_follows(self) -> None:
        made = parser(GET + b"GET /" + b"a" * 9000)
        assert facts(made.next_request()) == facts(one(GET))
        with pytest.raises(ClientFault, match="long-request-line"):
            made.next_request()


class TestRepeatedFields:
    """What is kept of one request must let no other request through, and tell nothing of it to the next."""

    def test_they_are_shared(self) -> None:
        first, second = fed(GET + GET.replace(b"/a?b=c", b"/d"), 1000)
        assert first.headers is second.headers
        assert (first.path, second.path, first.query, second.query) == (b"/a", b"/d", b"b=c", None)
        with pytest.raises(TypeError, match="shared"):
            first.headers.set(b"x", b"y")

    def test_one_octet_changed_is_read_as_it_stands(self) -> None:
        for at in range(len(GET)):
            for octet in (b"\x00", b"\r", b"\n", b" ", b":", b"~", b"\xff"):
                changed = GET[:at] + octet + GET[at + 1 :]
                results: list[tuple[object, ...]] = []
                for made in (parser(GET + changed), parser(changed)):
                    if made.buffered > len(changed):
                        assert facts(made.next_request()) == facts(one(GET))
                    try:
                        results.append(facts(made.next_request()))
                    except ClientFault as fault:
                        results.append((fault.status,))
                assert results[0] == results[1], changed

    def test_another_version_is_another_head(self) -> None:
        made = parser(GET + GET.replace(b"HTTP/1.1", b"HTTP/1.0") + GET)
        read = [(request.version, made.keep_alive) for request in iter(made.next_request, None)]
        assert read == [(b"1.1", True), (b"1.0", False), (b"1.1", True)]

    def test_a_coding_that_1_1_may_use_is_refused_in_1_0(self) -> None:
        made = parser(CHUNKED + b"0\r\n\r\n" + CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0"))
        made.next_request()
        made.content()
        with pytest.raises(ClientFault, match="bad-transfer-encoding"):
            made.next_request()

    @pytest.mark.parametrize(
        ("method", "code"), [(b"CONNECT", 405), (b"TRACE", 405), (b"FOO", 501), (b"get", 501), (b"G@T", 400)]
    )
    def test_another_method_is_judged_anew(self, method: bytes, code: int) -> None:
        assert status(GET + GET.replace(b"GET", method)) == code

    def test_another_target_is_judged_anew(self) -> None:
        for target in (b"a", b"*", b"/\xe9", b"/#", b"/%00", b"http://u@a/"):
            assert status(GET + GET.replace(b"/a?b=c", target)) == 400

    def test_framing_is_derived_for_each(self) -> None:
        made = parser(POST + b"hello" + POST + b"wor")
        first, second = made.next_request(), made.next_request()
        assert first is not None
        assert second is not None
        assert (first.body.whole, second.body.whole) == (b"hello", None)
        made.receive(b"ld" + POST)
        assert made.content() == (b"wor" + b"ld", True)
        third = made.next_request()
        assert third is not None
        assert third.headers is first.headers
        assert made.decoder is not None

    def test_chunked_decoders_are_new_ones(self) -> None:
        made = parser(CHUNKED + b"1\r\na\r\n0\r\n\r\n" + CHUNKED + b"1\r\nb\r\n0\r\n\r\n")
        bodies = []
        while made.next_request():
            bodies.append(content(made))
        assert bodies == [(b"a", True), (b"b", True)]

    @pytest.mark.parametrize(
        "bad",
        [b"Host: a\r\nX : y\r\n", b"Host: a\r\nHost: a\r\n", b"X: y\r\n", b"Host: u@a\r\n", b"Host: a\r\nExpect: x\r\n",
         b"Host: a\r\nTransfer-Encoding: gzip\r\n", b"Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
         b"Host: a\r\nX: \x01\r\n"],
    )  # fmt: skip
    def test_a_refused_head_is_never_kept(self, bad: bytes) -> None:
        data = b"POST / HTTP/1.1\r\n" + bad + b"\r\n"
        made = parser(GET + data + data + GET)
        assert facts(made.next_request()) == facts(one(GET))
        for _ in range(2):  # nobody asks again after a refusal; if somebody did, the answer would be the same
            with pytest.raises(ClientFault):
                made.next_request()
        assert facts(made.next_request()) == facts(one(GET))

    def test_a_large_head_is_not_kept(self) -> None:
        def sized(octets: int) -> bytes:
            fields = b"HTTP/1.1\r\nHost: a\r\nCookie: "
            return b"GET / " + fields + b"a" * (octets - len(fields) - 4) + b"\r\n\r\n"

        made = parser(sized(_KEPT_MOST))
        assert made.next_request() is not None
        assert (len(made._kept), len(made._headers)) == (_KEPT_MOST, 2)
        made.receive(sized(_KEPT_MOST + 1))
        assert made.next_request() is not None
        assert (made._kept, len(made._headers)) == (b"", 0)
        made.receive(GET)
        assert facts(made.next_request()) == facts(one(GET))
