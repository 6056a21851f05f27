from __future__ import annotations

import pytest

from edgeguard.waf.explain.raw import from_raw
from edgeguard.waf.faults import Refused

WHOLE = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na=b"


def test_a_whole_request_stays_as_it_is() -> None:
    given = from_raw(WHOLE, "file")
    assert (given.raw, given.notes) == (WHOLE, ())


def test_line_ends_of_one_byte_are_taken() -> None:
    assert from_raw(WHOLE.replace(b"\r\n", b"\n"), "file").raw == WHOLE


def test_the_line_end_of_an_editor_is_no_body() -> None:
    assert from_raw(WHOLE + b"\n", "file").raw == WHOLE
    assert from_raw(b"GET / HTTP/1.1\nHost: h\n\n\n", "file").raw == b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    assert from_raw(b"GET / HTTP/1.1\nHost: h\n", "file").raw == b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.mark.parametrize("length", [b"2", b"9"])
def test_a_length_that_does_not_fit_is_made_to_fit_and_told(length: bytes) -> None:
    given = from_raw(WHOLE.replace(b"Length: 3", b"Length: " + length), "file")
    assert given.raw == WHOLE
    assert "has 3 bytes" in given.notes[0]


def test_a_length_that_is_missing_is_added_and_told() -> None:
    given = from_raw(WHOLE.replace(b"Content-Length: 3\r\n", b"") + b"\n", "file")
    assert given.raw == WHOLE
    assert "missing" in given.notes[0]


def test_chunks_stay() -> None:
    raw = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    assert from_raw(raw, "file").raw == raw


@pytest.mark.parametrize("line", [b"GET / HTTP/2", b"GET /"])
def test_other_versions_are_read_as_the_one_that_rules_see(line: bytes) -> None:
    given = from_raw(line + b"\nHost: h\n\n", "file")
    assert given.raw.startswith(b"GET / HTTP/1.1\r\n")
    assert given.notes


def test_what_is_no_request_is_refused_with_its_beginning() -> None:
    with pytest.raises(Refused, match="it begins with '<html>'"):
        from_raw(b"<html>", "file")
