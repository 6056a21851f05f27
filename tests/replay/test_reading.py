from __future__ import annotations

from edgeguard.config.model import Wire
from edgeguard.message import Client
from edgeguard.replay.reading import read

CLIENT = Client("192.0.2.1", "192.0.2.1")


def test_what_the_edge_takes_is_read_as_it_reads() -> None:
    got, refusal = read(b"POST /a/../b?x=1 HTTP/1.1\r\nHost: A\r\nContent-Length: 3\r\n\r\nabc", CLIENT, scheme=b"http")
    assert refusal is None
    assert (got.request.path, got.request.scheme, got.content, got.complete) == (b"/b", b"http", b"abc", True)


def test_what_the_edge_refuses_is_read_as_others_would_and_it_is_said() -> None:
    got, refusal = read(b"GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", CLIENT)
    assert refusal is not None
    assert refusal.status == 400
    assert got.request.method == b"GET"


def test_a_head_without_an_end_is_incomplete() -> None:
    assert (read(b"GET / HTTP/1.1\r\nHost: a\r\n", CLIENT)[1] or refused()).reason == "incomplete"


def test_limits_are_those_of_the_configuration() -> None:
    raw = b"GET /" + b"a" * 100 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    assert read(raw, CLIENT)[1] is None
    assert (read(raw, CLIENT, Wire(request_line=64))[1] or refused()).status == 414


def refused() -> None:
    raise AssertionError("it was not refused")
