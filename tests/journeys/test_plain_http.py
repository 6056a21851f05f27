"""What honest clients of every age do: old versions, odd methods, pipelines cut anywhere, and all that is just still allowed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random

import aiohttp
import pytest


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok):
    """An origin that says what it was sent."""

    def told(received) -> bytes:
        content = f"{received.method} {received.target} {hashlib.sha256(received.body).hexdigest()}".encode()
        if received.method == "HEAD":
            return ok(content).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return ok(
            content,
            'ETag: "1"',
            "Cache-Control: max-age=60" if received.target.startswith("/kept") else "Cache-Control: no-store",
        )

    origin = await make_origin(answering(told))
    edge = await make_edge(origin.url)
    edge.origin = origin
    return edge


def random_request(choose: random.Random, number: int) -> tuple[bytes, bytes]:
    """The bytes of a request, and what the origin will say about it."""
    method = choose.choice([b"GET", b"POST", b"PUT", b"PATCH", b"DELETE"])
    target = b"/%d?%d" % (number, choose.randrange(1000))
    body = choose.randbytes(choose.choice([0, 1, 5, 100, 5000, 70_000])) if method != b"GET" else b""
    head = b"%b %b HTTP/1.1\r\nHost: cms.example\r\nContent-Type: application/octet-stream\r\n" % (method, target)
    if body and choose.random() < 0.5:
        cuts = sorted(choose.randrange(len(body) + 1) for _ in range(choose.randrange(4)))
        pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True) if a < b]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
        raw = head + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"
    else:
        raw = head + (b"Content-Length: %d\r\n" % len(body) if body or choose.random() < 0.3 else b"") + b"\r\n" + body
    return raw, b"%b %b %b" % (method, target, hashlib.sha256(body).hexdigest().encode())


@pytest.mark.parametrize("seed", range(4))
async def test_a_pipeline_cut_anywhere_is_the_same_pipeline(seed, edge, connect) -> None:
    choose = random.Random(seed)
    requests = [random_request(choose, number) for number in range(60)]
    stream = b"".join(raw for raw, _ in requests)
    client = await connect(edge.port)

    async def send() -> None:
        at = 0
        while at < len(stream):
            size = choose.choice([1, 2, 7, 100, 1460, 9000, 100_000])
            await client.send(stream[at : at + size])
            at += size
            if choose.random() < 0.3:
                await asyncio.sleep(0.001)

    sending = asyncio.create_task(send())
    for number, (_, expected) in enumerate(requests):
        answer = await client.answer()
        assert (answer.status, answer.body) == (200, expected), number
    await sending
    assert edge.origin.lines == [expected.decode().rpartition(" ")[0] for _, expected in requests]


async def test_old_clients_get_answers_that_they_can_read(edge, connect) -> None:
    closing = await connect(edge.port)
    await closing.send(b"GET /old HTTP/1.0\r\nHost: cms.example\r\n\r\n")
    answer = await closing.answer()
    assert (answer.status, answer.fields["connection"]) == (200, "close")
    assert await closing.rest() == b""
    kept = await connect(edge.port)
    for _ in range(2):
        await kept.send(b"GET /old HTTP/1.0\r\nHost: cms.example\r\nConnection: keep-alive\r\n\r\n")
        assert (await kept.answer()).fields["connection"] == "keep-alive"


async def test_chunks_from_the_origin_reach_an_old_client_without_their_framing(make_origin, make_edge, connect) -> None:
    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    await client.send(b"GET / HTTP/1.0\r\nHost: cms.example\r\nConnection: keep-alive\r\n\r\n")
    answer = await client.answer()
    assert "transfer-encoding" not in answer.fields
    assert answer.body == b"hello world"


async def test_head_conditions_and_options(edge, connect) -> None:
    client = await connect(edge.port)
    head = await client.ask("/new", "HEAD")
    assert int(head.fields["content-length"]) > 0
    whole = await client.ask("/kept")
    assert (await client.ask("/kept", "HEAD")).fields["content-length"] == str(len(whole.body))
    unchanged = await client.ask("/kept", If_None_Match='"1"')
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert (await client.ask("/kept", If_None_Match='"2"')).status == 200
    assert (await client.ask("*", "OPTIONS")).status == 200
    for method in ("TRACE", "CONNECT"):
        other = await connect(edge.port)
        assert (await other.ask("/", method)).status == 405
    unknown = await client.ask("/", "BREW")
    assert unknown.status in (405, 501)
    assert edge.origin.lines.count("GET /kept") == 1


async def test_bounds_of_a_head_are_told_by_their_own_status(edge, connect) -> None:
    for raw, status in (
        (b"GET /%b HTTP/1.1\r\nHost: cms.example\r\n\r\n" % (b"a" * 9000), 414),
        (b"GET / HTTP/1.1\r\nHost: cms.example\r\nX: %b\r\n\r\n" % (b"a" * 40_000), 431),
        (b"GET / HTTP/1.1\r\nHost: cms.example\r\n%b\r\n" % (b"X: a\r\n" * 150), 431),
        (b"PUT / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"PUT / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 1\r\nExpect: the-unexpected\r\n\r\n", 417),
    ):
        client = await connect(edge.port)
        await client.send(raw)
        answer = await client.answer()
        assert (answer.status, answer.fields["connection"]) == (status, "close")
        assert json.loads(answer.body)["status"] == status
        assert await client.rest() == b""
    assert edge.origin.heads == []


async def test_hints_of_the_origin_are_not_taken_for_its_answer(make_origin, make_edge, connect, ok) -> None:
    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", ok(b"the answer"))

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    assert (await (await connect(edge.port)).ask("/")).body == b"the answer"


async def test_a_library_in_everyday_use_finds_nothing_odd(edge) -> None:
    base = f"http://127.0.0.1:{edge.port}"
    async with aiohttp.ClientSession() as session:

        async def visit(number: int) -> None:
            async with session.get(f"{base}/everyday/{number}") as response:
                assert (await response.text()).startswith(f"GET /everyday/{number} ")
            async with session.post(f"{base}/items/{number}", json={"title": "x" * number}) as response:
                assert response.status == 200
            form = aiohttp.FormData({"name": "value"})
            form.add_field("file", bytes(number * 1000), filename="a.bin", content_type="application/octet-stream")
            async with session.post(f"{base}/files/{number}", data=form) as response:
                assert response.status == 200
            async with session.head(f"{base}/everyday/{number}") as response:
                assert response.status == 200

        await asyncio.gather(*[visit(number) for number in range(40)])
    assert len(edge.origin.lines) == 160
