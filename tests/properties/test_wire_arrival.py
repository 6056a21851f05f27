"""How bytes arrive must not matter: the same messages and the same end, in whatever pieces. And arbitrary bytes do no harm."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgeguard.errors import ClientFault
from edgeguard.wire import request as under_test
from edgeguard.wire.request import HeadLimits, RequestParser

if TYPE_CHECKING:
    from collections.abc import Iterable

STATUSES = (400, 405, 414, 417, 431, 501)
LIMITS = HeadLimits(request_line=60, header_bytes=200, header_fields=6)


def read(pieces: Iterable[bytes], limits: HeadLimits = LIMITS) -> tuple[list[tuple[object, ...]], str]:
    """The complete messages in `pieces`, and how it ended: refused, in the middle of something, or between two requests."""
    parser = RequestParser(limits, b"http")
    done: list[tuple[object, ...]] = []
    open_, content = None, b""
    try:
        for piece in pieces:
            parser.receive(piece)
            while True:
                if open_ is None:
                    open_ = parser.next_request()
                    if open_ is None:
                        break
                    content = open_.body.whole or b""
                ended = True
                if open_.body.whole is None:
                    more, ended = parser.content()
                    content += more
                if not ended:
                    if not more:
                        break
                    continue
                done.append(
                    (
                        open_.method,
                        open_.target,
                        open_.path,
                        open_.authority,
                        open_.version,
                        open_.headers.fields,
                        content,
                        parser.keep_alive,
                    )
                )
                open_ = None
    except ClientFault as fault:
        return done, "refused" if fault.close and fault.status in STATUSES else repr(fault)
    return done, "open" if open_ is not None or parser.buffered else "idle"


ENDS = ("refused", "open", "idle")  # any other is a fault with a status that clients are not told


def octets(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(places)]


def test_valid_requests_are_all_read(requests: tuple[bytes, ...]) -> None:
    for request in requests:
        for pieces in ([request], octets(request)):
            messages, end = read(pieces)
            assert (len(messages), end) == (1, "idle"), request
    data = b"".join(requests)
    assert read([data]) == read(octets(data))
    assert len(read([data])[0]) == len(requests)


@given(st.data())
def test_pieces_do_not_matter(near_misses: st.SearchStrategy[bytes], data: st.DataObject) -> None:
    stream = data.draw(near_misses)
    whole = read([stream])
    assert read(octets(stream)) == whole
    assert read(split(stream, data.draw(st.lists(st.integers(0, 1 << 16), max_size=6)))) == whole


@given(st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"X"]), max_size=6).map(b"".join))
def test_pieces_do_not_matter_between_requests(stream: bytes) -> None:
    assert read(octets(stream)) == read([stream])


@given(st.integers(30, 64), st.integers(180, 206), st.integers(1, 8))
def test_pieces_do_not_matter_at_the_limits(line: int, head: int, fields: int) -> None:
    start = b"GET /" + b"a" * (line - 14) + b" HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (fields - 1) + b"Z: "
    stream = start + b"b" * max(0, head - len(start)) + b"\r\n\r\n"
    assert read(octets(stream)) == read([stream])


@given(st.lists(st.binary(max_size=80), max_size=5))
@example([b"\x16\x03\x01"])
@example([b"\r", b"\n"])
@example([b""])
def test_arbitrary_bytes_meet_client_faults_alone(pieces: list[bytes]) -> None:
    assert read(pieces)[1] in ENDS


@given(st.data(), st.binary(max_size=30))
def test_arbitrary_bytes_after_spoilt_requests(near_misses: st.SearchStrategy[bytes], data: st.DataObject, tail: bytes) -> None:
    assert read([data.draw(near_misses), tail], HeadLimits())[1] in ENDS


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 32_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X:\r\n" * 8_000,
        b"GET / HTTP/1.1\r\n" + b"\r" + b"\n" * 32_000,
        b"GET /" + b"a" * 8_000,
        b"GET /" + b" " * 8_000,
    ],
)
def test_no_octet_is_looked_at_more_than_twice(monkeypatch: pytest.MonkeyPatch, stream: bytes) -> None:
    looked = 0
    check = under_test.check_unfinished

    def counting(piece: bytes) -> None:
        nonlocal looked
        looked += len(piece)
        check(piece)

    monkeypatch.setattr(under_test, "check_unfinished", counting)
    parser = RequestParser(HeadLimits(), b"http")
    for octet in octets(stream):
        parser.receive(octet)
        try:
            assert parser.next_request() is None
        except ClientFault:
            break
        assert parser._seen == parser.buffered <= HeadLimits().header_bytes + 3
    assert looked <= 2 * len(stream)
