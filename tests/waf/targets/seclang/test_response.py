from __future__ import annotations

from typing import Any

from edgeguard.message import Headers


def one(look: Any, seen: Any, name: str) -> bytes:
    ((full, value),) = look(seen, name)
    assert full == name.encode()
    return value  # type: ignore[no-any-return]  # of a fixture


def test_head_and_body(state: Any, look: Any) -> None:
    seen = state()
    seen.status, seen.response_body = 404, b"gone"
    seen.response_headers = Headers([(b"content-type", b"text/html ; charset=utf-8"), (b"x-a", b"1")])
    assert one(look, seen, "RESPONSE_STATUS") == one(look, seen, "STATUS") == b"404"
    assert one(look, seen, "STATUS_LINE") == b"HTTP/1.1 404 Not Found"
    assert one(look, seen, "RESPONSE_PROTOCOL") == b"HTTP/1.1"
    assert one(look, seen, "RESPONSE_CONTENT_TYPE") == b"text/html"
    assert one(look, seen, "RESPONSE_BODY") == b"gone"
    assert one(look, seen, "RESPONSE_CONTENT_LENGTH") == b"4"
    assert look(seen, "RESPONSE_HEADERS", "X-A") == [(b"RESPONSE_HEADERS:X-A", b"1")]
    assert [value for _, value in look(seen, "RESPONSE_HEADERS_NAMES")] == [b"content-type", b"x-a"]
    assert one(look, seen, "OUTBOUND_DATA_ERROR") == b"0"
    seen.response_cut = True
    assert one(look, seen, "OUTBOUND_DATA_ERROR") == b"1"


def test_a_status_without_a_phrase(state: Any, look: Any) -> None:
    seen = state()
    seen.status, seen.response_protocol = 299, b"HTTP/1.0"
    assert one(look, seen, "STATUS_LINE") == b"HTTP/1.0 299 "


def test_before_the_response_scalars_are_empty(state: Any, look: Any) -> None:
    for name in ("RESPONSE_STATUS", "STATUS_LINE", "RESPONSE_PROTOCOL", "RESPONSE_BODY", "RESPONSE_CONTENT_TYPE"):
        assert one(look, state(), name) == b""
    assert look(state(), "RESPONSE_HEADERS") == look(state(), "RESPONSE_HEADERS_NAMES") == []
