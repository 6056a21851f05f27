from __future__ import annotations

from typing import Any

import pytest


def one(look: Any, seen: Any, name: str) -> bytes:
    ((full, value),) = look(seen, name)
    assert full == name.encode()
    return value  # type: ignore[no-any-return]  # of a fixture


@pytest.mark.parametrize(
    ("processor", "fault", "forced", "shown"),
    [
        ("URLENCODED", "", False, True),
        ("", "", False, True),
        ("JSON", "", False, True),
        ("XML", "", False, False),
        ("MULTIPART", "", False, False),
        ("JSON", "", True, True),
        ("XML", "unparsable", False, True),
        ("MULTIPART", "unparsable", False, False),
    ],
)
def test_when_the_raw_body_shows(
    state: Any,
    content: Any,
    look: Any,
    processor: str,
    fault: str,
    forced: bool,
    shown: bool,
) -> None:
    seen = state(content=content(raw=b"<a/>", processor=processor, fault=fault))
    seen.forced_body = forced
    assert one(look, seen, "REQUEST_BODY") == (b"<a/>" if shown else b"")


def test_lengths(state: Any, content: Any, look: Any) -> None:
    assert one(look, state(), "REQUEST_BODY_LENGTH") == b""
    seen = state(b"/a?b", content=content(raw=b"x=1"))
    assert one(look, seen, "REQUEST_BODY_LENGTH") == b"3"
    seen.body_length = 70_000
    assert one(look, seen, "REQUEST_BODY_LENGTH") == b"70000"
    assert one(look, seen, "FULL_REQUEST") == b"GET /a?b HTTP/1.1\nhost: cms.example\n\nx=1"
    assert one(look, seen, "FULL_REQUEST_LENGTH") == b"40"


def test_a_cut_body_is_told(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(raw=b"x"))
    assert one(look, seen, "INBOUND_DATA_ERROR") == b"0"
    seen.content.cut = True
    assert one(look, seen, "INBOUND_DATA_ERROR") == b"1"
    seen = state()
    seen.body_cut = True
    assert one(look, seen, "INBOUND_DATA_ERROR") == b"1"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (b"application/x-www-form-urlencoded; charset=utf-8", b"URLENCODED"),
        (b"Multipart/Form-Data; boundary=x", b"MULTIPART"),
        (b"application/vnd.api+json", b"JSON"),
        (b"text/plain", b""),
        (None, b""),
    ],
)
def test_what_will_read_it(state: Any, content: Any, look: Any, kind: bytes | None, expected: bytes) -> None:
    seen = state(fields=[] if kind is None else [(b"content-type", kind)])
    assert one(look, seen, "REQBODY_PROCESSOR") == expected
    seen.content = content()  # without a body, the type has the last word
    assert one(look, seen, "REQBODY_PROCESSOR") == expected
    seen.content = content(raw=b"{}", processor="JSON")
    assert one(look, seen, "REQBODY_PROCESSOR") == b"JSON"
    seen.processor = "XML"
    assert one(look, seen, "REQBODY_PROCESSOR") == b"XML"


def test_errors(state: Any, content: Any, look: Any) -> None:
    fine = state(content=content(raw=b"{}", processor="JSON"))
    assert one(look, fine, "REQBODY_ERROR") == one(look, fine, "REQBODY_PROCESSOR_ERROR") == b"0"
    assert one(look, fine, "REQBODY_ERROR_MSG") == b""
    broken = state(content=content(raw=b"{", processor="JSON", fault="unparsable", detail="no JSON"))
    assert one(look, broken, "REQBODY_ERROR") == one(look, broken, "REQBODY_PROCESSOR_ERROR") == b"1"
    assert one(look, broken, "REQBODY_ERROR_MSG") == one(look, broken, "REQBODY_PROCESSOR_ERROR_MSG") == b"no JSON"
    assert one(look, state(), "REQBODY_ERROR") == b"0"
