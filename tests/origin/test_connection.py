from __future__ import annotations

import asyncio
import socket
import struct
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgeguard.clock import ManualClock
from edgeguard.config.model import Origin
from edgeguard.errors import ClientFault, EdgeFault, OriginFault
from edgeguard.origin.address import parse
from edgeguard.origin.connection import CLOSED, DISCARD, GATHER, IDLE, TAKEN, Connection
from edgeguard.origin.inbox import HIGH_WATER
from edgeguard.origin.roster import Roster

MIB = 1024 * 1024


async def read_all(body) -> bytes:
    pieces = []
    while piece := await body.read():
        pieces.append(piece)
    return b"".join(pieces)


def sole(pool) -> Connection:
    (connection,) = pool._roster.alive
    return connection


class TestDownload:
    async def test_small_answers_in_odd_pieces_come_whole(self, origin, pool, request_of) -> None:
        async def script(peer):
            while True:
                await peer.request()
                for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world":
                    await peer.send(bytes([byte]))

        p = pool((await origin(script)).url)
        for _ in range(2):
            assert (await p.fetch(request_of())).body.whole == b"hello world"
        assert p.snapshot()["opened"] == 1

    async def test_large_answers_are_streamed_and_the_connection_is_kept(self, origin, pool, request_of) -> None:
        content = bytes(range(256)) * (4 * MIB // 256)

        async def script(peer):
            while True:
                await peer.request()
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)

        p = pool((await origin(script)).url)
        for _ in range(2):
            response = await p.fetch(request_of())
            assert (response.body.whole, response.body.length) == (None, len(content))
            assert await read_all(response.body) == content
            assert await response.body.read() == b""
        assert p.snapshot()["opened"] == 1

    @pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
    async def test_a_slow_reader_stops_the_origin(self, secure, origin, pool, clock, request_of, authority, until) -> None:
        sent = 0

        async def script(peer):
            nonlocal sent
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
            for _ in range(64):
                await peer.send(b"x" * MIB)
                sent += 1

        server = await origin(script, authority.server_context("localhost") if secure else None)
        p = pool(server.url, tls={"ca": authority.ca} if secure else {})
        response = await p.fetch(request_of())
        inbox = response.body._inbox
        await until(lambda: inbox.paused)
        clock.advance(3600)  # the reader's pace is no fault of the origin
        p._sweep()
        assert repr(inbox).startswith("Inbox(paused")
        assert HIGH_WATER <= inbox.size <= HIGH_WATER + 256 * 1024
        assert sent < 32
        largest = total = 0
        while piece := await response.body.read():
            total += len(piece)
            largest = max(largest, len(piece))
        assert total == 64 * MIB
        assert largest <= HIGH_WATER + 256 * 1024

    async def test_events_go_out_as_they_come(self, origin, pool, request_of) -> None:
        go = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(3):
                await go.wait()
                go.clear()
                await peer.send(b"9\r\ndata: 1\n\n\r\n")
            await peer.send(b"0\r\n\r\n")
            await peer.gone()

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        for _ in range(3):
            go.set()
            assert await response.body.read() == b"data: 1\n\n"
        assert await response.body.read() == b""
        assert sole(p).state is IDLE

    async def test_content_up_to_the_connections_end(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.0 200 OK\r\n\r\nhel")
            await peer.send(b"lo")

        p = pool((await origin(script)).url)
        assert await read_all((await p.fetch(request_of())).body) == b"hello"

    async def test_a_reset_is_no_end(self, origin, pool, request_of) -> None:
        go = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.0 200 OK\r\n\r\nhel")
            await go.wait()
            linger = struct.pack("ii", 1, 0)
            peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            peer.reset()

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        assert await response.body.read() == b"hel"
        go.set()
        with pytest.raises(OriginFault, match="502 http_response_incomplete"):
            await read_all(response.body)

    @pytest.mark.parametrize(
        ("head", "part", "reason"),
        [
            (b"Content-Length: 70000", b"x", "http_response_incomplete"),
            (b"Transfer-Encoding: chunked", b"1\r\nx\r\n", "http_response_incomplete"),
            (b"Transfer-Encoding: chunked", b"1\r\nx\r\nnot hex\r\n", "http_protocol_error"),
        ],
    )
    async def test_an_answer_that_is_cut_short(self, head, part, reason, origin, pool, request_of) -> None:
        go = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
            await go.wait()
            await peer.send(part)

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        go.set()
        with pytest.raises(OriginFault) as caught:
            await read_all(response.body)
        assert (caught.value.status, caught.value.reason) == (502, reason)
        assert p.snapshot()["failures"] == {reason: 1}

    async def test_a_stall_between_pieces(self, origin, pool, clock, request_of) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
            await peer.gone()

        p = pool((await origin(script)).url, between_bytes_seconds=7)
        response = await p.fetch(request_of())
        assert await response.body.read() == b"x"
        clock.advance(6.9)
        p._sweep()
        reading = asyncio.ensure_future(response.body.read())
        await asyncio.sleep(0)
        clock.advance(0.1)
        with pytest.raises(OriginFault, match="504 connection_read_timeout"):
            await reading

    async def test_a_slow_drip_is_no_stall(self, origin, pool, clock, request_of) -> None:
        go = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(5):
                await go.wait()
                go.clear()
                await peer.send(b"1\r\nx\r\n")
            await peer.send(b"0\r\n\r\n")
            await peer.gone()

        p = pool((await origin(script)).url, between_bytes_seconds=7)
        response = await p.fetch(request_of())
        for _ in range(5):
            clock.advance(6.9)
            p._sweep()
            go.set()
            assert await response.body.read() == b"x"

    async def test_abandoning_much_closes(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MIB + b"x" * 100)
            await peer.gone()

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        response.body.abandon()
        response.body.abandon()
        assert await response.body.read() == b""
        assert (p.snapshot()["closed"], p.snapshot()["failures"]) == (1, {})

    async def test_abandoning_little_keeps_the_connection(self, origin, pool, request_of, answer, until) -> None:
        go = asyncio.Event()
        total = GATHER + 1

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total + b"x" * (total - DISCARD))
            await go.wait()
            await peer.send(b"x" * DISCARD)
            await peer.request()
            await peer.send(answer)

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        await until(lambda: response.body._inbox.received >= total - DISCARD)
        response.body.abandon()
        assert p.snapshot()["closed"] == 0
        go.set()
        await until(lambda: sole(p).state is IDLE)
        assert (await p.fetch(request_of())).body.whole == b"ok"
        assert p.snapshot()["opened"] == 1

    async def test_little_that_does_not_come_is_not_waited_for(self, origin, pool, clock, request_of, until) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (GATHER + 1) + b"x" * GATHER)
            await peer.gone()

        p = pool((await origin(script)).url)
        response = await p.fetch(request_of())
        await until(lambda: response.body._inbox.received >= GATHER)
        response.body.abandon()
        clock.advance(1.1)
        p._sweep()
        assert (p.snapshot()["closed"], p.snapshot()["failures"]) == (1, {})

    async def test_a_body_that_is_dropped_unread_gives_its_connection_up(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            await peer.gone()

        p = pool((await origin(script)).url)
        await p.fetch(request_of())
        await asyncio.sleep(0)  # until then, the event loop itself holds the response
        assert p.snapshot()["closed"] == 1


class TestUpload:
    async def test_pieces_of_unknown_length_go_chunked(self, origin, pool, request_of, piece_body, answer) -> None:
        seen = []

        async def script(peer):
            while True:
                seen.append(await peer.request())
                await peer.send(answer)

        p = pool((await origin(script)).url)
        for _ in range(2):
            assert (await p.fetch(request_of("POST", body=piece_body(b"hello", b" world!")))).body.whole == b"ok"
        assert seen[0].endswith(b"\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n world!\r\n0\r\n\r\n")
        assert (p.snapshot()["opened"], p.snapshot()["reused"]) == (1, 1)

    async def test_pieces_of_known_length_go_as_they_are(self, origin, pool, request_of, piece_body, answer) -> None:
        seen = []

        async def script(peer):
            seen.append(await peer.request())
            await peer.send(answer)

        p = pool((await origin(script)).url)
        assert (await p.fetch(request_of("POST", body=piece_body(b"hel", b"lo", length=5)))).body.whole == b"ok"
        assert seen[0].endswith(b"\r\ncontent-length: 5\r\n\r\nhello")

    @pytest.mark.parametrize("pieces", [(b"hel",), (b"hel", b"lo!")])
    async def test_a_body_of_another_length_than_it_says_is_not_finished(
        self, pieces, origin, pool, request_of, piece_body
    ) -> None:
        received = asyncio.get_running_loop().create_future()

        async def script(peer):
            received.set_result(await peer.gone())

        p = pool((await origin(script)).url)
        with pytest.raises(EdgeFault, match="body-length"):
            await p.fetch(request_of("POST", body=piece_body(*pieces, length=5)))
        assert (await received).endswith(b"\r\n\r\nhel")

    @pytest.mark.parametrize("pieces", [1, 64])
    async def test_an_origin_that_takes_nothing_holds_the_upload_back(
        self, pieces, origin, pool, clock, request_of, piece_body, until
    ) -> None:
        release = asyncio.Event()

        async def script(peer):
            peer.writer.transport.pause_reading()
            await release.wait()

        p = pool((await origin(script)).url, between_bytes_seconds=9)
        body = piece_body(*[b"x" * MIB] * pieces) if pieces > 1 else b"x" * (64 * MIB)
        task = asyncio.ensure_future(p.fetch(request_of("POST", body=body)))
        await until(lambda: p._roster.alive and sole(p)._full is not None)
        if pieces > 1:
            assert len(body.pieces) > 32
        assert sole(p)._transport.get_write_buffer_size() < 3 * MIB
        clock.advance(9.1)
        with pytest.raises(OriginFault, match="504 connection_write_timeout"):
            await task
        if pieces > 1:
            assert body.abandoned
        release.set()

    async def test_the_clients_pace_is_not_the_origins_fault(self, origin, pool, clock, request_of, piece_body, answer) -> None:
        more, asked = asyncio.Event(), asyncio.Event()

        async def script(peer):
            await peer.reader.readuntil(b"5\r\nhello\r\n")
            asked.set()
            await peer.reader.readuntil(b"0\r\n\r\n")
            await peer.send(answer)

        p = pool((await origin(script)).url)
        task = asyncio.ensure_future(p.fetch(request_of("POST", body=piece_body(b"hello", more, b"world"))))
        await asked.wait()
        assert repr(sole(p)).endswith("sending, exchanges: 1>")
        clock.advance(3600)
        p._sweep()
        more.set()
        assert (await task).body.whole == b"ok"

    async def test_an_early_answer_stops_the_upload(self, origin, pool, request_of, piece_body) -> None:
        async def script(peer):
            await peer.reader.readuntil(b"5\r\nhello\r\n")
            await peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            await peer.gone()

        server = await origin(script)
        p = pool(server.url)
        body = piece_body(b"hello", asyncio.Event())
        response = await p.fetch(request_of("POST", body=body))
        assert (response.status, response.body.whole) == (413, b"big")
        await asyncio.sleep(0)
        assert body.abandoned
        assert (p.snapshot()["closed"], p.snapshot()["failures"]) == (1, {})

    async def test_an_early_answer_that_takes_its_time(self, origin, pool, request_of, piece_body) -> None:
        go = asyncio.Event()

        async def script(peer):
            await peer.reader.readuntil(b"5\r\nhello\r\n")
            await peer.send(b"HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n")
            await go.wait()
            await peer.send(b"0\r\n\r\n")
            await peer.gone()

        p = pool((await origin(script)).url)
        body = piece_body(b"hello", asyncio.Event())
        response = await p.fetch(request_of("POST", body=body))
        assert await response.body.read() == b"big"
        assert body.abandoned
        go.set()
        assert await response.body.read() == b""
        assert p.snapshot()["closed"] == 1

    async def test_a_client_that_fails_midway(self, origin, pool, request_of, piece_body) -> None:
        received = asyncio.get_running_loop().create_future()

        async def script(peer):
            received.set_result(await peer.gone())

        p = pool((await origin(script)).url)
        fault = ClientFault(400, "bad-chunk-end", close=True)
        with pytest.raises(ClientFault) as caught:
            await p.fetch(request_of("POST", body=piece_body(b"hello", fault)))
        assert caught.value is fault
        assert (await received).endswith(b"\r\n5\r\nhello\r\n")
        assert (p.snapshot()["closed"], p.snapshot()["failures"]) == (1, {})

    async def test_an_origin_that_hangs_up_midway(self, origin, pool, request_of, piece_body) -> None:
        async def script(peer):
            await peer.reader.readuntil(b"5\r\nhello\r\n")

        p = pool((await origin(script)).url)
        body = piece_body(b"hello", asyncio.Event())
        with pytest.raises(OriginFault, match="502 connection_terminated"):
            await p.fetch(request_of("POST", body=body))
        await asyncio.sleep(0)
        assert body.abandoned


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted = True


def alone() -> tuple[Roster, Connection, Wire]:
    """A connection without a socket, given out."""
    config = Origin(url="http://origin.example")
    roster = Roster([parse("http://origin.example")], config, ManualClock())
    connection = Connection(roster.acquire(), roster, config, ManualClock())
    wire = Wire()
    connection.connection_made(wire)
    assert connection.state is TAKEN
    return roster, connection, wire


STREAMED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"


async def test_given_up_just_before_a_streamed_answer() -> None:
    roster, connection, wire = alone()
    answer = connection.send(b"GET", b"", 1, retry=False)
    answer.cancel()
    connection.data_received(STREAMED)
    connection.cancel(answer)
    assert (wire.aborted, connection.state, roster.endpoints[0].opened) == (True, CLOSED, 0)


async def test_given_up_just_after_a_streamed_answer() -> None:
    roster, connection, wire = alone()
    answer = connection.send(b"GET", b"", 1, retry=False)
    connection.data_received(STREAMED)
    assert answer.done()
    assert not wire.aborted
    connection.cancel(answer)
    assert (wire.aborted, connection.state, roster.endpoints[0].opened) == (True, CLOSED, 0)


async def test_a_drip_does_not_prolong_what_nobody_wants() -> None:
    _, connection, wire = alone()
    answer = connection.send(b"GET", b"", 1, retry=False)
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (GATHER + 1) + b"x" * GATHER)
    assert not connection._gathered
    answer.result().body.abandon()
    deadline = connection.deadline
    connection._parser._decoder.left = 2  # one more than a piece, to have an answer that goes on
    connection.data_received(b"x")
    assert connection.deadline == deadline
    connection.expire()
    assert wire.aborted


async def test_closed_while_it_was_being_made() -> None:
    config = Origin(url="http://origin.example")
    roster = Roster([parse("http://origin.example")], config, ManualClock())
    endpoint = roster.acquire()
    connection = Connection(endpoint, roster, config, ManualClock())
    connection.close()
    roster.unmade(endpoint, None)
    wire = Wire()
    connection.connection_made(wire)
    connection.connection_lost(None)
    assert (wire.aborted, endpoint.opened, endpoint.in_flight, roster.alive) == (True, 0, 0, set())


ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 103 \r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nhello",
]


@given(data=st.sampled_from(ANSWERS), cuts=st.lists(st.integers(0, 120), max_size=6), closes=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_split_gives_the_same_answer(data: bytes, cuts: list[int], closes: bool) -> None:
    async def run() -> None:
        roster, connection, wire = alone()
        answer = connection.send(b"GET", b"GET / HTTP/1.1\r\n\r\n", 1, retry=False)
        edges = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
        for start, end in pairwise(edges):
            connection.data_received(data[start:end])
        ends = closes or data.startswith(b"HTTP/1.0")
        if ends:
            connection.eof_received()
        response = await answer
        assert response.status == 200
        assert (response.body.whole or await read_all(response.body)) == b"hello"
        assert roster.endpoints[0].in_flight == 0
        assert wire.aborted is ends
        assert (len(roster.endpoints[0].idle), roster.endpoints[0].opened) == ((0, 0) if ends else (1, 1))

    asyncio.run(run())
