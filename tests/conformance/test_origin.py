from __future__ import annotations

import socket

from edgeguard.conformance.origin import ReflectingOrigin


def ask(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(sent)
        link.shutdown(socket.SHUT_WR)
        data = b""
        while piece := link.recv(65536):
            data += piece
    return data


def test_it_answers_whatever_comes() -> None:
    with ReflectingOrigin() as origin:
        assert origin.url == f"http://127.0.0.1:{origin.port}"
        answer = ask(origin.port, b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n" * 2)
    assert answer.count(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") == 2


def test_it_reflects_bodies_of_either_framing() -> None:
    body = b'{"status": 418, "body": "tea"}'
    head = b"POST /reflect HTTP/1.1\r\nHost: h\r\n"
    with ReflectingOrigin() as origin:
        whole = ask(origin.port, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        chunked = ask(origin.port, head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    assert whole == chunked
    assert whole.startswith(b"HTTP/1.1 418 ")
    assert whole.endswith(b"\r\n\r\ntea")


def test_an_answer_without_a_body_has_no_length() -> None:
    body = b'{"status": 204, "body": "x"}'
    with ReflectingOrigin() as origin:
        answer = ask(origin.port, b"POST /reflect HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"content-length" not in answer
    assert answer.endswith(b"\r\n\r\n")


def test_what_is_no_request_ends_the_connection() -> None:
    with ReflectingOrigin() as origin:
        assert ask(origin.port, b"nonsense\r\n\r\n") == b""


def test_nothing_is_left_behind_by_a_client_that_still_talks() -> None:
    with ReflectingOrigin() as origin:
        link = socket.create_connection(("127.0.0.1", origin.port), timeout=5)
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert link.recv(65536).startswith(b"HTTP/1.1 200 ")
        link.sendall(b"POST /reflect HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab")
    with link:
        assert link.recv(1) == b""
    assert not origin._thread.is_alive()
