from __future__ import annotations

import pytest

from edgeguard.waf.explain.given import written
from edgeguard.waf.faults import Refused


def test_a_request_is_written_as_clients_do() -> None:
    raw = written(
        "POST", "https://h.example:8443/a?b=c#d", [(":path", "/"), ("X", "y"), ("content-length", "9")], b"ab", has_body=True
    )
    assert raw == b"POST /a?b=c HTTP/1.1\r\nHost: h.example:8443\r\nX: y\r\nContent-Length: 2\r\n\r\nab"


def test_a_host_that_is_said_is_kept() -> None:
    assert written("GET", "http://u:p@one/", [("HOST", "two")], b"", has_body=False) == b"GET / HTTP/1.1\r\nHOST: two\r\n\r\n"
    assert b"Host: one\r\n" in written("GET", "http://u:p@one/", [], b"", has_body=False)


def test_an_empty_query_is_one() -> None:
    assert written("GET", "http://h/a?", [], b"", has_body=False).startswith(b"GET /a? HTTP/1.1\r\nHost: h\r\n")


@pytest.mark.parametrize("url", ["/path", "ftp://h/", "http://", "http://[::1/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="is no address"):
        written("GET", url, [], b"", has_body=False)


def test_no_field_holds_a_line_end() -> None:
    with pytest.raises(Refused, match="line end"):
        written("GET", "http://h/", [("X", "a\r\nY: b")], b"", has_body=False)
