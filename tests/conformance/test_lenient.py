from __future__ import annotations

import pytest

from edgeguard.conformance.lenient import read_request


def test_an_ordinary_request() -> None:
    request, content, complete = read_request(
        b"POST /a/b?c=d HTTP/1.1\r\nHost: Example.org\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabcdef"
    )
    assert (request.method, request.target, request.path, request.query) == (b"POST", b"/a/b?c=d", b"/a/b", b"c=d")
    assert (request.authority, request.version, request.scheme) == (b"example.org", b"1.1", b"http")
    assert request.headers.get(b"x-a") == b"b"
    assert (content, complete, request.body.length) == (b"abc", True, 3)


@pytest.mark.parametrize(
    ("line", "method", "target", "version"),
    [
        (b"GET /a b c HTTP/1.0", b"GET", b"/a b c", b"1.0"),
        (b"GET / ", b"GET", b"/", b"0.9"),
        (b"GET", b"GET", b"/", b"0.9"),
        (b"\t GET / HTTP/1.1", b"GET", b"/", b"1.1"),
        (b"GET / HTTP/3.0", b"GET", b"/", b"3.0"),
        (b"GET / JUNK/1.0", b"GET", b"/", b"JUNK/1.0"),
        (b"OPTIONS * HTTP/1.1", b"OPTIONS", b"*", b"1.1"),
        (b"CONNECT a.b:80 HTTP/1.1", b"CONNECT", b"a.b:80", b"1.1"),
        (b"GET /x#y HTTP/1.1", b"GET", b"/x#y", b"1.1"),
    ],
)
def test_odd_request_lines(line: bytes, method: bytes, target: bytes, version: bytes) -> None:
    request = read_request(line + b"\r\nHost: h\r\n\r\n").request
    assert (request.method, request.target, request.version) == (method, target, version)


@pytest.mark.parametrize(
    ("target", "authority", "path", "query"),
    [
        (b"http://Other:81/p?q", b"other:81", b"/p", b"q"),
        (b"http://other", b"other", b"/", None),
        (b"http://other?q", b"other", b"/", b"q"),
        (b"/http://x/", b"h", b"/http://x/", None),
        (b"?q=1", b"h", b"", b"q=1"),
    ],
)
def test_an_absolute_target_names_the_host(target: bytes, authority: bytes, path: bytes, query: bytes | None) -> None:
    request = read_request(b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n").request
    assert (request.authority, request.path, request.query, request.target) == (authority, path, query, target)


def test_a_request_without_host_has_none() -> None:
    assert read_request(b"GET / HTTP/1.0\r\n\r\n").request.authority == b""


def test_lines_may_end_with_a_line_feed_alone() -> None:
    request, content, complete = read_request(b"POST / HTTP/1.1\nHost: h\nContent-Length: 2\n\nab")
    assert (request.headers.get(b"host"), content, complete) == (b"h", b"ab", True)


def test_fields_keep_what_is_odd_about_them() -> None:
    headers = read_request(b"GET / HTTP/1.1\r\nA : x\ry\r\nno colon\r\nB: 1\r\n folded\r\na: z\r\n\r\n").request.headers
    assert list(headers) == [(b"a", b"x\ry"), (b"b", b"1 folded"), (b"a", b"z")]


@pytest.mark.parametrize(
    ("fields", "body", "content", "complete"),
    [
        (b"Content-Length: 5\r\n", b"ab", b"ab", False),
        (b"Content-Length: many\r\n", b"ab", b"", True),
        (b"", b"ab", b"", True),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n", b"abc", True),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", b"2\r\nab\r\n0\r\n\r\n", b"ab", True),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\nab", b"ab", False),
        (b"Transfer-Encoding: chunked\r\n", b"zz\r\nab", b"", False),
    ],
)
def test_bodies(fields: bytes, body: bytes, content: bytes, complete: bool) -> None:
    reading = read_request(b"POST / HTTP/1.1\r\n" + fields + b"\r\n" + body)
    assert (reading.content, reading.complete) == (content, complete)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\x00" * 9, b"GET / HTTP/1.1", b"\n\n\n"])
def test_anything_whatever_becomes_a_request(data: bytes) -> None:
    assert read_request(data).content == b""
