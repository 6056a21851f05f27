"""Large and endless content passes through piece by piece: neither is it kept in memory, nor does it wait for its end."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

MEBIBYTE = 1024 * 1024
PIECE = bytes(range(256)) * 1024  # 256 KiB
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GROWTH = 40 * MEBIBYTE  # of a worker's memory; what passes through is several times as much


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


class Gauge:
    """Looks at a worker's memory while a test goes on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = self._most = resident(pid)

    def look(self) -> None:
        self._most = max(self._most, resident(self._pid))

    @property
    def growth(self) -> int:
        self.look()
        return self._most - self._before


@pytest.fixture
def gauge():
    async def make(edge, client) -> Gauge:
        assert (await client.ask("/warm")).status == 200
        (worker,) = await edge.workers()
        return Gauge(worker)

    return make


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
async def test_a_long_download_flows(framing, make_origin, make_edge, connect, ok, gauge) -> None:
    total = (200 if framing == "length" else 60) * MEBIBYTE
    go_on = asyncio.Event()
    head = {
        "length": f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\nCache-Control: max-age=60\r\n\r\n",
        "chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n",
        "close": "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n",
    }[framing].encode()

    async def script(peer):
        while (await peer.request()).target != "/download":
            await peer.send(ok())
        await peer.send(head)
        for number in range(total // len(PIECE)):
            if number == 1:
                await go_on.wait()  # only once the client has the first piece
            await peer.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if framing == "chunked" else PIECE)
        if framing == "chunked":
            await peer.send(b"0\r\n\r\n")

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port, limit=MEBIBYTE)
    memory = await gauge(edge, client)
    await client.send(b"GET /download HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    status, fields = await client.head()
    assert status == 200
    size, digest = 0, hashlib.sha256()
    chunked = fields.get("transfer-encoding") == "chunked"
    assert chunked == (framing != "length")
    while size < total:
        piece = await client.chunk() if chunked else await client.reader.read(MEBIBYTE)
        assert piece
        size += len(piece)
        digest.update(piece)
        memory.look()
        go_on.set()
    if chunked:
        assert await client.chunk() == b""
    expected = hashlib.sha256()
    for _ in range(total // len(PIECE)):
        expected.update(PIECE)
    assert digest.digest() == expected.digest()
    assert memory.growth < GROWTH
    await edge.counts(total + len(b"ok"), "edgeguard_sent_bytes_total")


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_long_upload_flows(framing, make_origin, make_edge, connect, ok, gauge) -> None:
    total = (100 if framing == "length" else 40) * MEBIBYTE
    arrived = asyncio.Event()
    seen: list[tuple[int, bytes]] = []

    async def script(peer):
        while (received := await peer.head()).target != "/upload":
            await peer.send(ok())
        size, digest = 0, hashlib.sha256()
        while size < total:
            piece = await peer.chunk() if "transfer-encoding" in received.fields else await peer.reader.read(MEBIBYTE)
            assert piece
            arrived.set()
            size += len(piece)
            digest.update(piece)
        if "transfer-encoding" in received.fields:
            assert await peer.chunk() == b""
        seen.append((size, digest.digest()))
        await peer.send(ok(b"stored"))

    origin = await make_origin(script)
    routes = [{"name": "assets", "paths": ["/upload"], "body": "150MiB"}]
    edge = await make_edge(origin.url, routes=routes)
    client = await connect(edge.port)
    memory = await gauge(edge, client)
    framed = f"Content-Length: {total}" if framing == "length" else "Transfer-Encoding: chunked"
    await client.send(
        f"PUT /upload HTTP/1.1\r\nHost: cms.example\r\nContent-Type: application/octet-stream\r\n{framed}\r\n\r\n".encode()
    )
    digest = hashlib.sha256()
    for number in range(total // len(PIECE)):
        await client.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if framing == "chunked" else PIECE)
        digest.update(PIECE)
        memory.look()
        if number == 3:
            await asyncio.wait_for(arrived.wait(), 10)  # the origin has the beginning before the client has sent the end
    if framing == "chunked":
        await client.send(b"0\r\n\r\n")
    assert (await client.answer()).body == b"stored"
    assert seen == [(total, digest.digest())]
    assert memory.growth < GROWTH


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_who_does_not_read_holds_the_other_side_back(
    scheme, make_origin, make_edge, make_authority, connect, free_port, until, gauge
) -> None:
    total = 64 * MEBIBYTE
    gone = {"down": 0, "up": 0}
    go_on = asyncio.Event()

    async def script(peer):
        while True:
            received = await peer.head()
            if received.target == "/down":
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
                while gone["down"] < total:
                    await peer.send(PIECE)
                    gone["down"] += len(PIECE)
            elif received.target == "/up":
                await go_on.wait()
                await peer.reader.readexactly(total)
                await peer.send(OK)
            else:
                await peer.send(OK)

    authority, port = make_authority(), free_port()
    certificate, key = authority.issue("localhost")
    tls = {"tls": {"certificate": str(certificate), "key": str(key)}} if scheme == "https" else {}
    context = {"ssl": authority.client_context()} if tls else {}
    origin = await make_origin(script)
    listeners = [{"address": "127.0.0.1", "port": port, **tls}]
    edge = await make_edge(origin.url, listeners=listeners, routes=[{"name": "large", "body": total}])
    client = await connect(port, buffer=64 * 1024, limit=64 * 1024, **context)
    memory = await gauge(edge, client)

    async def comes_to_rest(direction: str) -> bool:
        before = gone[direction]
        await asyncio.sleep(0.3)
        return before > 0 and gone[direction] == before

    await client.send(b"GET /down HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    await client.head()
    await until(lambda: comes_to_rest("down"))
    assert gone["down"] < total // 2  # what lies in buffers of the kernel and of the edge
    assert len(await client.reader.readexactly(total)) == total

    async def upload() -> None:
        await client.send(b"PUT /up HTTP/1.1\r\nHost: cms.example\r\nContent-Length: %d\r\n\r\n" % total)
        while gone["up"] < total:
            await client.send(PIECE)
            gone["up"] += len(PIECE)

    uploading = asyncio.create_task(upload())
    await until(lambda: comes_to_rest("up"))
    assert gone["up"] < total // 2
    go_on.set()
    await uploading
    assert (await client.answer()).status == 200
    assert memory.growth < GROWTH


async def test_an_upload_past_its_bound_is_refused_and_the_origin_does_not_take_it_for_whole(
    make_origin, make_edge, connect
) -> None:
    whole: list[int] = []

    async def script(peer):
        received = await peer.request()
        whole.append(len(received.body))

    origin = await make_origin(script)
    edge = await make_edge(origin.url, wire={"body": "1MiB"})
    told = await connect(edge.port)
    await told.send(b"PUT / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 1048577\r\n\r\n")
    assert (await told.answer()).status == 413
    untold = await connect(edge.port)
    await untold.send(b"PUT / HTTP/1.1\r\nHost: cms.example\r\nTransfer-Encoding: chunked\r\n\r\n")
    sending = asyncio.create_task(untold.send(*[b"%x\r\n%b\r\n" % (len(PIECE), PIECE)] * 5))
    assert (await untold.answer()).status == 413
    await asyncio.gather(sending, return_exceptions=True)
    assert whole == []


async def test_who_expects_100_gets_it_only_when_the_body_is_wanted(make_origin, make_edge, connect, answering, ok) -> None:
    origin = await make_origin(answering(lambda received: ok(received.body)))
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    await client.send(b"PUT / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await client.send(b"hello")
    assert (await client.answer()).body == b"hello"
    blocked = await connect(edge.port)
    await blocked.send(b"PUT /?q=attack-me HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    answer = await blocked.answer()
    assert (answer.status, answer.interim) == (403, [])


async def test_events_arrive_one_by_one(make_origin, make_edge, connect) -> None:
    asked_for: asyncio.Queue[bytes] = asyncio.Queue()

    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        while event := await asked_for.get():
            await peer.send(b"%x\r\n%b\r\n" % (len(event), event))
        await peer.send(b"0\r\n\r\n")

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    await client.send(b"GET /events HTTP/1.1\r\nHost: cms.example\r\nAccept: text/event-stream\r\n\r\n")
    status, fields = await client.head()  # before there is any event
    assert (status, fields["content-type"]) == (200, "text/event-stream")
    for number in range(10):
        event = b"id: %d\ndata: tick\n\n" % number
        asked_for.put_nowait(event)
        async with asyncio.timeout(2):
            assert await client.chunk() == event  # the next one is not even made before this one has come
    asked_for.put_nowait(b"")
    assert await client.chunk() == b""


async def test_a_listener_who_leaves_ends_the_stream_at_the_origin(make_origin, make_edge, connect) -> None:
    ended = asyncio.Event()

    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            # Who closes may still be listening to what is under way; only the next event finds nobody there.
            while not peer.reader.at_eof():
                await peer.send(b"8\r\ndata: 1\n\r\n")
                await asyncio.sleep(0.05)
        finally:
            ended.set()

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    await client.send(b"GET /events HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    await client.head()
    assert await client.chunk() == b"data: 1\n"
    client.close()
    await asyncio.wait_for(ended.wait(), 10)
