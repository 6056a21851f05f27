"""An origin that lies about its answers, stalls, breaks off or says too much. The client gets a whole error or a broken
connection, never half an answer that looks whole; nothing of it is kept; and nothing of it reaches another client.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

CACHEABLE = b"Cache-Control: max-age=600\r\n"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + CACHEABLE + b"\r\ngood"


Lies = dict[str, tuple[bytes, str]]


def lying(lies: Lies):
    """A script that answers `/lie/NAME` with a lie, and then closes, resets, stalls or keeps on; all else with GOOD."""

    async def script(peer):
        while True:
            request = await peer.request()
            lie, end = lies.get(request.target.removeprefix("/lie/"), (GOOD, "keep"))
            await peer.send(lie)
            if end == "reset":
                await asyncio.sleep(0.05)  # else the kernel would throw the answer away with the connection
                peer.reset()
            elif end == "stall":
                await asyncio.sleep(30)
            if end != "keep":
                return

    return script


BROKEN_HEADS = {
    "nothing": (b"", "close", 502, "connection_terminated"),
    "a reset": (b"", "reset", 502, "connection_terminated"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", "close", 502, "http_response_incomplete"),
    "silence": (b"", "stall", 504, "http_response_timeout"),
    "silence within the head": (b"HTTP/1.1 200 OK\r\nX: 1\r\n", "stall", 504, "http_response_timeout"),
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), "close", 502, "http_protocol_error"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "close", 502, "http_protocol_error"),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ngood!",
        "close",
        502,
        "http_protocol_error",
    ),
    "a length and chunks": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n",
        "close",
        502,
        "http_protocol_error",
    ),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 4\n\ngood", "close", 502, "http_protocol_error"),
    "a field that splits": (
        b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 4\r\n\r\ngood",
        "close",
        502,
        "http_protocol_error",
    ),
    "another protocol unasked": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "close", 502, "http_protocol_error"),
    "an endless head": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "close", 502, "http_response_header_section_size"),
    "another coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx", "close", 502, "http_response_transfer_coding"),
    "too short a body": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + CACHEABLE + b"\r\nshort",
        "close",
        502,
        "http_response_incomplete",
    ),
    "too short and a reset": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "reset", 502, "http_response_incomplete"),
    "too short and silence": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "stall", 504, "connection_read_timeout"),
}


IMPATIENT = {"first_byte_seconds": 0.4, "between_bytes_seconds": 0.4, "retries": 0}


async def test_an_answer_that_can_be_told_broken_in_time_is_a_problem_document(make_origin, make_edge, connect) -> None:
    lies = {str(number): (lie, end) for number, (lie, end, _, _) in enumerate(BROKEN_HEADS.values())}
    origin = await make_origin(lying(lies))
    edge = await make_edge(origin.url, origin=dict(IMPATIENT))
    client = await connect(edge.port)  # one for all of them: what the origin does is not the client's fault
    for number, (name, (_, _, status, reason)) in enumerate(BROKEN_HEADS.items()):
        for _ in range(2):  # the second time shows that nothing was kept
            answer = await client.ask(f"/lie/{number}")
            assert answer.status == status, (name, answer)
            assert answer.fields["content-type"] == "application/problem+json", name
            assert answer.fields["cache-control"] == "no-store", name
            assert answer.fields["proxy-status"] == f"edgeguard; error={reason}", name
            problem = json.loads(answer.body)
            assert problem["status"] == status
            assert problem["request_id"] == answer.fields["x-request-id"]
        assert origin.lines[-2:] == [f"GET /lie/{number}"] * 2, name
        assert (await client.ask(f"/fine/{number}")).body == b"good", name
    await edge.counts(2 * len(BROKEN_HEADS), "edgeguard_faults_total", blame="origin")


BROKEN_BODIES = {
    "a long body breaks off": b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n" + CACHEABLE + b"\r\n" + bytes(100_000),
    "chunks break off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + CACHEABLE + b"\r\n5\r\nhello\r\n",
    "chunks become garbage": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + CACHEABLE + b"\r\n5\r\nhello\r\nXX\r\n",
}


async def test_an_answer_that_breaks_after_its_beginning_was_sent_never_looks_whole(
    make_origin, make_edge, connect, until
) -> None:
    cases = [(name, lie, end) for name, lie in BROKEN_BODIES.items() for end in ("close", "reset", "stall")]
    origin = await make_origin(lying({str(number): (lie, end) for number, (_, lie, end) in enumerate(cases)}))
    edge = await make_edge(origin.url, origin=dict(IMPATIENT))
    for number, (name, _, end) in enumerate(cases):
        for _ in range(2):
            client = await connect(edge.port)
            await client.send(request_for(number))
            try:
                answer = await client.answer()
            except (asyncio.IncompleteReadError, ConnectionError):
                continue
            # The edge may have noticed before it had sent anything.
            assert answer.status == 502, (name, end, answer)
        assert origin.lines == [f"GET /lie/{number}"] * 2, (name, end)
        origin.heads.clear()
    assert (await (await connect(edge.port)).ask("/fine")).body == b"good"
    lines = await until(lambda: len(edge.lines()) > 2 * len(cases) and edge.lines())
    assert [line["blame"] for line in lines[:-1]] == ["origin"] * 2 * len(cases)


def request_for(number: int) -> bytes:
    return f"GET /lie/{number} HTTP/1.1\r\nHost: cms.example\r\n\r\n".encode()


POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n" + CACHEABLE + b"\r\npoisoned"
POISONED = {
    "an answer": GOOD + POISON,
    "a byte": GOOD + b"!",
    "after 204": b"HTTP/1.1 204 No Content\r\n\r\n" + POISON,
    "after 304": b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n' + POISON,
    "after chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n" + POISON,
    "after 100": b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD + POISON,
}


async def test_what_follows_an_answer_never_answers_the_next_request(make_origin, make_edge, connect) -> None:
    origin = await make_origin(lying({str(number): (lie, "keep") for number, lie in enumerate(POISONED.values())}))
    edge = await make_edge(origin.url, origin={"connections": 1})
    victim, attacker = await connect(edge.port), await connect(edge.port)
    for number, name in enumerate(POISONED):
        for turn in range(3):
            answer = await attacker.ask(f"/lie/{number}")
            assert answer.status in (200, 204, 304, 502), (name, answer)
            assert b"poisoned" not in answer.body, name
            answer = await victim.ask(f"/fine/{number}/{turn}")
            assert (answer.status, answer.body) == (200, b"good"), name


async def test_bytes_that_come_late_do_not_answer_the_next_request_either(make_origin, make_edge, connect, until) -> None:
    async def script(peer):
        request = await peer.request()
        await peer.send(GOOD)
        if request.target == "/lie":
            await asyncio.sleep(0.1)
            await peer.send(POISON)
        await peer.reader.read()

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    assert (await client.ask("/lie")).body == b"good"
    await until(lambda: nobody_at(origin.url))
    assert (await client.ask("/fine")).body == b"good"
    assert origin.connections == 2


def nobody_at(url: str) -> bool:
    """Whether no connection to the origin is open any more, from the table of the kernel."""
    port, established = f":{int(url.rpartition(':')[2]):04X}", "01"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return not any(row[2].endswith(port) and row[3] == established for row in rows)


async def test_an_early_answer_to_an_upload_is_not_taken_for_the_next(make_origin, make_edge, connect) -> None:
    async def script(peer):
        while True:
            request = await peer.head()
            await peer.send(
                b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig" if request.method == "PUT" else GOOD
            )
            # The upload's body is left unread: what comes next on this connection is part of it.

    origin = await make_origin(script)
    edge = await make_edge(origin.url, origin={"connections": 1}, waf={"mode": "off"})
    client = await connect(edge.port)
    await client.send(b"PUT /up HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 1000000\r\n\r\n" + bytes(1000))
    answer = await client.answer()
    assert (answer.status, answer.body) == (413, b"big")
    assert answer.fields["connection"] == "close"
    assert (await (await connect(edge.port)).ask("/fine")).body == b"good"


async def test_the_origins_word_on_framing_and_hops_ends_at_the_edge(make_origin, make_edge, connect) -> None:
    lie = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: keep-alive, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\n"
        b"Server: Leaky/1.0\r\nX-Powered-By: PHP/5\r\nUpgrade: h2c\r\n\r\ngood"
    )
    origin = await make_origin(lying({"hops": (lie, "keep")}))
    edge = await make_edge(origin.url)
    answer = await (await connect(edge.port)).ask("/lie/hops")
    assert answer.body == b"good"
    assert not {"x-private", "keep-alive", "server", "x-powered-by", "upgrade", "connection"} & answer.fields.keys()
