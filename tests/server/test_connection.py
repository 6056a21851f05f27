from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.message import Body, Headers, Request, Response
from edgeguard.server import connection as module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    Start = Callable[..., Awaitable[Any]]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.fixture(params=["plain", "tls"])
def speak(request: pytest.FixtureRequest, edge: Start, authority: Any) -> Start:
    """Starts an edge with and without TLS."""

    async def start(**settings: Any) -> Any:
        if request.param == "plain":
            return await edge(**settings)
        return await edge(tls=authority.trust, listeners=[authority.listener()], **settings)

    return start


class TestKeepAlive:
    async def test_requests_follow_each_other_on_one_connection(self, speak: Start, origin: Any) -> None:
        client = await (await speak()).client()
        for path in ("/a", "/b"):
            client.get(path)
            answer = await client.read()
            assert (answer.status, answer.body) == (200, b"ok")
            assert "connection" not in answer
        assert [asked.target for asked in origin.asked] == ["/a", "/b"]

    async def test_close_is_answered_and_done(self, speak: Start) -> None:
        client = await (await speak()).client()
        client.get("/", "Connection: close")
        assert (await client.read())["connection"] == "close"
        assert await client.gone() == b""

    async def test_http_1_0_closes_unless_asked(self, edge: Start) -> None:
        started = await edge()
        client = await started.client()
        client.get("/", version="1.0")
        assert (await client.read())["connection"] == "close"
        assert await client.gone() == b""
        client = await started.client()
        for _ in range(2):
            client.get("/", "Connection: keep-alive", version="1.0")
            assert (await client.read())["connection"] == "keep-alive"

    async def test_the_last_of_the_permitted_requests_says_so(self, edge: Start) -> None:
        client = await (await edge(wire={"requests_per_connection": 2})).client()
        client.get()
        assert "connection" not in await client.read()
        client.get()
        client.get()  # pipelined behind the last one: never answered, and yet the last answer arrives
        assert (await client.read())["connection"] == "close"
        assert await client.gone() == b""

    async def test_an_idle_connection_is_closed_without_a_word(self, speak: Start) -> None:
        client = await (await speak(wire={"idle_seconds": 0.05, "header_seconds": 5})).client()
        client.get()
        await client.read()
        assert await client.gone() == b""

    async def test_a_connection_without_any_request_is_closed(self, edge: Start) -> None:
        client = await (await edge(wire={"header_seconds": 0.05})).client()
        assert await client.gone() == b""


class TestPipelining:
    async def test_answers_keep_the_order(self, speak: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reply(asked.target.encode())

        origin.script = script
        client = await (await speak()).client()
        for number in range(50):
            client.get(f"/{number}")
        assert [(await client.read()).body for _ in range(50)] == [f"/{number}".encode() for number in range(50)]

    async def test_what_waits_is_bounded(self, edge: Start, origin: Any) -> None:
        go_on = asyncio.Event()

        async def script(asked: Any) -> None:
            await go_on.wait()
            await asked.reply()

        origin.script = script
        started = await edge(wire={"read_buffer": 1024}, limits={"policies": []})
        client = await started.client()
        one = b"GET / HTTP/1.1\r\nHost: cms.example\r\nX-Fill: " + b"x" * 1000 + b"\r\n\r\n"
        for _ in range(4000):
            client.send(one)
        await started.until(lambda: origin.asked and started.connection.parser.buffered > 1024)
        assert started.connection.parser.buffered < 1024 + 2 * 256 * 1024  # what two reads of the loop may bring
        go_on.set()
        most = 0
        for _ in range(4000):
            assert (await client.read()).status == 200
            most = max(most, started.connection.parser.buffered)
        assert most < 1024 + 2 * 256 * 1024

    async def test_a_burst_lets_others_have_their_turn(self, edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "EXCHANGES_AT_ONCE", 4)
        started = await edge(admit={"paths": ["/only"]}, limits={"policies": []})
        busy, other = await started.client(), await started.client()
        other.get("/first")
        await other.read()
        order: list[str] = []
        record = started.worker._recorder.record
        started.worker._recorder.record = lambda entry: (order.append(entry.path.decode()), record(entry))
        busy.send(b"GET /burst HTTP/1.1\r\nHost: cms.example\r\n\r\n" * 200)
        other.get("/other")
        assert (await other.read()).status == 404
        for _ in range(200):
            assert (await busy.read()).status == 404
        assert order.index("/other") < 190

    async def test_answers_without_content_are_held_back_by_a_client_that_takes_none(self, edge: Start) -> None:
        started = await edge(
            wire={"write_buffer": 4096, "write_seconds": 0.3, "requests_per_connection": 1_000_000},
            admit={"paths": ["/only"]},
            limits={"policies": []},
        )
        started.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        client = await started.client()
        client.writer.transport.pause_reading()
        await started.until(lambda: started.listener._open)
        connection = started.connection
        flood = b"HEAD / HTTP/1.1\r\nHost: cms.example\r\n\r\n" * 1000
        for _ in range(40):
            client.send(flood)
        await started.until(lambda: connection._drained)
        assert connection._transport.get_write_buffer_size() < 64 * 1024
        assert connection.parser.buffered < 64 * 1024 + 2 * 256 * 1024
        await started.until(lambda: started.listener.empty)  # and then it is closed
        assert connection._requests < 40_000


class TestFraming:
    async def test_head_has_the_length_but_no_content(self, speak: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")

        origin.script = script
        client = await (await speak()).client()
        for _ in range(2):
            client.get(method="HEAD")
            assert (await client.read("HEAD"))["content-length"] == "500"

    @pytest.mark.parametrize(("status", "length"), [(204, None), (304, "7")])
    async def test_statuses_without_content(self, edge: Start, origin: Any, status: int, length: str | None) -> None:
        async def script(asked: Any) -> None:
            extra = f"Content-Length: {length}\r\n" if length else ""
            await asked.send(f'HTTP/1.1 {status} x\r\nETag: "a"\r\n{extra}\r\n'.encode())

        origin.script = script
        client = await (await edge()).client()
        for _ in range(2):
            client.get()
            answer = await client.read()
            assert answer.status == status
            assert "transfer-encoding" not in answer
            assert ("content-length" in answer) == bool(length)

    async def test_unknown_lengths_are_chunked_for_1_1_and_end_with_the_connection_for_1_0(
        self, speak: Start, origin: Any
    ) -> None:
        async def script(asked: Any) -> None:
            await asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await asyncio.sleep(0.02)
            await asked.send(b"3\r\ndef\r\n0\r\n\r\n")

        origin.script = script
        started = await speak()
        client = await started.client()
        for _ in range(2):
            client.get()
            answer = await client.read()
            assert (answer["transfer-encoding"], answer.body) == ("chunked", b"abcdef")
        client = await started.client()
        client.get("/", "Connection: keep-alive", version="1.0")
        answer = await client.read()
        assert ("transfer-encoding" in answer, answer["connection"], answer.body) == (False, "close", b"abcdef")

    async def test_a_chunked_body_goes_up(self, speak: Start, origin: Any) -> None:
        client = await (await speak()).client()
        client.get("/", "Transfer-Encoding: chunked", method="POST")
        for piece in (b"3\r\nab", b"c\r\n1;x=y\r", b"\nd\r\n0\r\n", b"Some: trailer\r\n\r\n"):
            client.send(piece)
            await asyncio.sleep(0)
        assert (await client.read()).status == 200
        assert origin.asked[0].content == b"abcd"
        client.get("/next")
        assert (await client.read()).status == 200

    async def test_an_answer_that_breaks_off_ends_the_connection(self, speak: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 300_000)
            asked.writer.close()

        origin.script = script
        started = await speak()
        client = await started.client()
        client.get()
        assert (await client.head())["content-length"] == "1000000"
        assert len(await client.gone()) <= 300_000
        (line,) = await started.lines("access", 1)
        assert (line["blame"], line["reason"], line["status"]) == ("origin", "http_response_incomplete", 200)

    async def test_content_past_its_length_never_reaches_the_client(self, edge: Start) -> None:
        started = await edge()
        client = await started.client()

        class Long(Body):
            async def read(self) -> bytes:
                return b"HTTP/1.1 200 O" if self.length else b""

        await started.until(lambda: started.listener._open)
        request = Request(b"GET", b"/", b"/", None, b"http", b"cms.example", Headers([]))
        await started.connection.send(request, Response(200, Headers([]), Long(None, 14 + 5)), close=False)
        assert (await client.head())["content-length"] == "19"
        assert await client.gone() == b"HTTP/1.1 200 O"


class TestBodyLimit:
    async def test_a_known_length_is_refused_at_once(self, speak: Start, origin: Any) -> None:
        client = await (await speak(wire={"body": 10})).client()
        client.get("/", "Content-Length: 11", method="POST")
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (413, "close")
        assert origin.asked == []

    async def test_a_body_that_has_come_with_its_head_is_refused_and_the_connection_goes_on(self, edge: Start) -> None:
        client = await (await edge(wire={"body": 3})).client()
        client.send(
            b"POST / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 4\r\n\r\nabcdGET / HTTP/1.1\r\nHost: cms.example\r\n\r\n"
        )
        assert [(await client.read()).status for _ in range(2)] == [413, 200]

    @pytest.mark.parametrize("kind", ["text/plain", "image/png"])
    async def test_a_chunked_body_is_stopped(self, speak: Start, kind: str) -> None:
        client = await (await speak(wire={"body": 10})).client()
        client.get("/", "Transfer-Encoding: chunked", f"Content-Type: {kind}", method="POST")
        client.send(b"6\r\nabcdef\r\n6\r\nabcdef\r\n")
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (413, "close")

    async def test_a_route_may_take_more(self, edge: Start, origin: Any) -> None:
        started = await edge(wire={"body": 10}, routes=[{"name": "assets", "paths": ["/assets"], "body": 20}])
        client = await started.client()
        client.get("/assets/a", "Content-Length: 20", method="POST")
        client.send(b"x" * 20)
        assert (await client.read()).status == 200
        client.get("/assets/a", "Content-Length: 21", method="POST")
        assert (await client.read()).status == 413

    @pytest.mark.parametrize("head", ["Content-Length: 4000000", "Transfer-Encoding: chunked"])
    async def test_a_client_that_is_still_sending_gets_the_refusal(self, speak: Start, head: str) -> None:
        client = await (await speak(wire={"body": 1000})).client()
        client.get("/", head, method="POST")
        if "chunked" in head:
            client.send(b"3d0900\r\n")
        for _ in range(400):
            client.send(b"x" * 10_000)
        await client.writer.drain()
        assert (await client.read()).status == 413


class TestContinue:
    async def test_it_is_sent_once_the_body_is_wanted(self, speak: Start, origin: Any) -> None:
        client = await (await speak()).client()
        client.get("/", "Content-Length: 3", "Expect: 100-continue", method="POST")
        assert await client.reader.readexactly(len(CONTINUE)) == CONTINUE
        client.send(b"abc")
        assert (await client.read()).status == 200
        assert origin.asked[0].content == b"abc"
        assert "expect" not in origin.asked[0]
        client.get("/", "Content-Length: 3", "Expect: 100-continue", method="POST")
        assert await client.reader.readexactly(len(CONTINUE)) == CONTINUE

    async def test_it_is_not_sent_before_a_refusal(self, edge: Start) -> None:
        client = await (await edge(wire={"body": 10})).client()
        client.get("/", "Content-Length: 11", "Expect: 100-continue", method="POST")
        assert (await client.read()).status == 413
        assert await client.gone() == b""

    async def test_it_is_not_sent_where_the_origin_answers_early(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reply(status="401 Unauthorized")
            asked.writer.close()

        origin.script = script
        client = await (await edge(waf={"mode": "off"})).client()
        client.get("/", "Content-Length: 300000", method="POST")
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (401, "close")
        client.send(b"x" * 300_000)
        assert await client.gone() == b""


class TestSlowness:
    async def test_a_head_that_does_not_end(self, speak: Start) -> None:
        client = await (await speak(wire={"header_seconds": 0.1})).client()
        client.send(b"GET / HT")
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (408, "close")
        assert await client.gone() == b""

    async def test_a_head_that_drips(self, edge: Start) -> None:
        client = await (await edge(wire={"header_seconds": 0.2})).client()

        async def drip() -> None:
            with suppress(ConnectionError):
                while True:
                    client.send(b"x")
                    await asyncio.sleep(0.01)

        dripping = asyncio.get_running_loop().create_task(drip())
        assert (await client.read()).status == 408
        dripping.cancel()

    async def test_the_second_head_has_its_own_time(self, edge: Start) -> None:
        client = await (await edge(wire={"header_seconds": 0.1, "idle_seconds": 60})).client()
        client.send(b"GET / HTTP/1.1\r\nHost: cms.example\r\n\r\nGET /second")
        assert [(await client.read()).status for _ in range(2)] == [200, 408]

    @pytest.mark.parametrize("kind", ["text/plain", "image/png"])  # held back for inspection, and streamed
    async def test_a_body_below_the_least_rate(self, edge: Start, origin: Any, kind: str) -> None:
        started = await edge(wire={"body_grace_seconds": 0.1, "body_bytes_per_second": 1000})
        client = await started.client()
        client.get("/", "Content-Length: 1000000", f"Content-Type: {kind}", method="POST")
        client.send(b"x" * 100)
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (408, "close")
        (line,) = await started.lines("access", 1)
        assert (line["reason"], line["bytes_in"]) == ("slow-body", 100)
        if origin.asked:
            with pytest.raises(asyncio.IncompleteReadError):
                await origin.asked[0].reader.readexactly(101)

    async def test_a_slow_origin_is_not_laid_at_the_clients_door(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asyncio.sleep(0.3)
            await asked.body()
            await asked.reply()

        origin.script = script
        started = await edge(wire={"body_grace_seconds": 0.15})
        client = await started.client()
        client.get("/", "Content-Length: 4000000", "Content-Type: image/png", method="POST")
        client.send(b"x" * 4_000_000)
        assert (await client.read()).status == 200

    async def test_a_reader_that_takes_nothing_is_closed_and_the_origin_let_go(self, speak: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                await asked.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")

        origin.script = script
        started = await speak(wire={"write_buffer": 65536, "write_seconds": 0.2})
        client = await started.client(limit=1024)
        client.get()
        await client.head()
        await started.until(lambda: started.listener.empty)
        await started.until(lambda: origin.ended)
        (line,) = await started.lines("access", 1)
        assert (line["blame"], line["reason"]) == ("client", "client-gone")

    async def test_a_slow_reader_pauses_the_origin(self, edge: Start, origin: Any) -> None:
        sent = 0

        async def script(asked: Any) -> None:
            nonlocal sent
            await asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
            for _ in range(500):
                await asked.send(b"x" * 100_000)
                sent += 100_000

        origin.script = script
        started = await edge(wire={"write_buffer": 65536})
        client = await started.client(limit=1024)
        client.get()
        await client.head()
        before = -1
        while sent != before or not started.connection._drained:
            before = sent
            await asyncio.sleep(0.05)
        assert sent < 20_000_000  # the kernel's buffers; the edge's own are looked at here
        assert started.connection._transport.get_write_buffer_size() < 65536 + 512 * 1024
        got = 0
        while got < 50_000_000:
            got += len(await client.reader.read(1 << 20))
        client.get("/next")
        assert origin.errors == []

    async def test_an_early_answer_outlives_the_time_for_lingering(
        self, edge: Start, origin: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "LINGER_SECONDS", 0.05)

        async def script(asked: Any) -> None:
            await asked.reply(b"x" * 8_000_000, status="403 Forbidden")

        origin.script = script
        started = await edge(wire={"write_buffer": 16_000_000})
        client = await started.client(limit=1024)
        client.get("/", "Content-Length: 1000", "Content-Type: image/png", method="POST")
        client.send(b"x" * 100)
        await client.head()
        await started.until(lambda: started.connection.state is module.State.LINGER)
        await asyncio.sleep(0.2)
        assert len(await client.gone()) == 8_000_000

    async def test_a_closing_connection_does_not_wait_for_ever_to_be_read(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reply(b"x" * 8_000_000)

        origin.script = script
        started = await edge(wire={"write_buffer": 16_000_000, "write_seconds": 0.1})
        client = await started.client(limit=1024)
        client.get()
        client.writer.write_eof()
        await client.head()
        await started.until(lambda: started.listener.empty)


class TestLeaving:
    async def test_a_half_closed_client_gets_its_answers(self, edge: Start, origin: Any) -> None:
        client = await (await edge()).client()
        client.get("/a")
        client.get("/b")
        client.writer.write_eof()
        assert [(await client.read()).status for _ in range(2)] == [200, 200]
        assert await client.gone() == b""

    @pytest.mark.parametrize("kind", ["text/plain", "image/png"])
    async def test_the_end_in_the_middle_of_a_body(self, edge: Start, origin: Any, kind: str) -> None:
        started = await edge()
        client = await started.client()
        client.get("/", "Content-Length: 10", f"Content-Type: {kind}", method="POST")
        client.send(b"abc")
        client.writer.write_eof()
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (400, "close")
        assert await client.gone() == b""
        (line,) = await started.lines("access", 1)
        assert line["reason"] == "incomplete-body"

    async def test_a_client_that_goes_away_cancels_its_exchange(self, speak: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reader.read()

        origin.script = script
        started = await speak()
        client = await started.client()
        client.get()
        await started.until(lambda: origin.asked)
        client.reset()
        await started.until(lambda: origin.ended)
        (line,) = await started.lines("access", 1)
        assert (line["status"], line["reason"]) == (499, "client-gone")
        await started.until(lambda: started.pool._roster.endpoints[0].opened == 0)

    async def test_a_client_that_goes_away_while_it_uploads(self, speak: Start, origin: Any) -> None:
        started = await speak()
        client = await started.client()
        client.get("/", "Content-Length: 1000", "Content-Type: image/png", method="POST")
        client.send(b"x" * 100)
        await started.until(lambda: origin.asked)
        client.close()
        await started.until(lambda: origin.ended)
        (line,) = await started.lines("access", 1)
        assert line["status"] in (400, 499)
        await started.until(lambda: started.pool._roster.endpoints[0].in_flight == 0)

    async def test_bytes_that_are_no_request_are_refused_and_the_answer_arrives(self, speak: Start) -> None:
        started = await speak()
        client = await started.client()
        client.send(b"GET / HTTP/1.1\r\nHost: cms.example\r\n\r\nnonsense \x00\r\n\r\n" + b"x" * 200_000)
        assert (await client.read()).status == 200
        answer = await client.read()
        assert (answer.status, answer["connection"], answer["content-type"]) == (400, "close", "application/problem+json")
        lines = await started.lines("access", 2)
        assert lines[1]["reason"] == "bad-request-line"

    async def test_too_much_while_lingering_ends_it(self, edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "LINGER_BYTES", 100_000)
        monkeypatch.setattr(module, "LINGER_SECONDS", 60)
        started = await edge()
        client = await started.client()
        client.send(b"\x00" * 1000)
        assert (await client.read()).status == 400
        client.send(b"\x00" * 200_000)
        await started.until(lambda: started.listener.empty)

    async def test_lingering_has_an_end(self, edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "LINGER_SECONDS", 0.05)
        started = await edge()
        client = await started.client()
        client.send(b"\x00" * 1000)
        assert (await client.read()).status == 400
        await started.until(lambda: started.listener.empty)


async def test_a_defect_that_gets_through_ends_the_connection_and_no_other(edge: Start, tmp_path: Path) -> None:
    started = await edge()
    other, client = await started.client(), await started.client()
    seen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context["exception"]))

    def broken(_: Any) -> None:
        raise RuntimeError("a defect")

    record, started.worker._recorder.record = started.worker._recorder.record, broken
    client.get()
    assert (await client.gone()).startswith(b"HTTP/1.1 200")
    started.worker._recorder.record = record
    other.get()
    assert (await other.read()).status == 200
    assert [str(error) for error in seen] == ["a defect"]


async def test_repr_tells_the_state(edge: Start) -> None:
    started = await edge()
    await started.client()
    await started.until(lambda: started.listener._open)
    assert repr(started.connection).startswith("ClientConnection(idle, requests=0, ")
