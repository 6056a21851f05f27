from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.errors import ClientFault
from edgeguard.server.connection import ClientConnection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from edgeguard.server.inbound import InboundBody

    Start = Callable[..., Awaitable[Any]]


@pytest.fixture
async def body(edge: Start) -> tuple[Any, InboundBody]:
    """A client that has sent a head, and the body that is then read, which no gateway reads."""
    started = await edge(wire={"body_grace_seconds": 0.2}, drain_seconds=0.05)
    client = await started.client()
    await started.until(lambda: started.listener._open)
    connection = started.connection
    taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    class Idle:
        async def run(self, *_: Any) -> None:
            await taken

    connection._gateway = Idle()
    client.get("/", "Content-Length: 10", method="POST")
    await started.until(lambda: connection._body)
    return client, connection._body


async def test_pieces_come_as_they_are_sent(body: tuple[Any, InboundBody]) -> None:
    client, inbound = body
    assert (inbound.length, repr(inbound)) == (10, "InboundBody(0 of 10, open)")
    client.send(b"abc")
    assert await inbound.read() == b"abc"
    assert not inbound.ended
    client.send(b"defghij")
    assert await inbound.read() == b"defghij"
    assert (inbound.ended, inbound.received, repr(inbound)) == (True, 10, "InboundBody(10 of 10, ended)")
    assert [await inbound.read(), await inbound.read()] == [b"", b""]


async def test_a_fault_stays(body: tuple[Any, InboundBody]) -> None:
    client, inbound = body
    inbound.limit = 2
    client.send(b"abc")
    for _ in range(2):
        with pytest.raises(ClientFault) as caught:
            await inbound.read()
        assert (caught.value.status, caught.value.close) == (413, True)


async def test_dripping_uses_up_the_grace(body: tuple[Any, InboundBody]) -> None:
    client, inbound = body
    with pytest.raises(ClientFault) as caught:  # noqa: PT012 - which of the reads it is depends on the time they take
        for _ in range(10):
            client.send(b"a")
            await inbound.read()
            await asyncio.sleep(0)
            asyncio.get_running_loop().call_later(0.1, client.send, b"b")
            await inbound.read()
    assert caught.value.status == 408


async def test_the_end_before_the_last_octet(body: tuple[Any, InboundBody]) -> None:
    client, inbound = body
    client.send(b"abc")
    client.writer.write_eof()
    assert await inbound.read() == b"abc"
    with pytest.raises(ClientFault) as caught:
        await inbound.read()
    assert (caught.value.status, caught.value.reason) == (400, "incomplete-body")


async def test_a_fast_client_takes_no_more_than_a_read_of_each_turn(edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    receive = ClientConnection.data_received

    def watched(connection: ClientConnection, data: bytes) -> None:
        receive(connection, data)
        held.append(connection.parser.buffered)

    monkeypatch.setattr(ClientConnection, "data_received", watched)
    started = await edge(waf={"mode": "off"})
    client = await started.client()
    body = bytes(3_000_000)
    client.get("/", f"Content-Length: {len(body)}", method="POST")
    client.send(body)
    assert (await client.read()).status == 200
    assert max(held) <= 512_000  # the loop reads 256,000 at once; one such read can follow the head before the body is asked for
    assert started.connection._transport.is_reading()  # so that a client who goes away is noticed
