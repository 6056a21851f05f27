from __future__ import annotations

import asyncio
import socket

import pytest

from edgeguard.errors import Blame, EdgeFault, OriginFault


def answering(*answers: bytes):
    """A script that gives one answer a request, the last one for ever."""

    async def script(peer):
        turn = 0
        while True:
            await peer.request()
            await peer.send(answers[min(turn, len(answers) - 1)])
            turn += 1

    return script


async def test_a_whole_answer_and_its_connection_come_back(origin, pool, request_of, answer) -> None:
    server = await origin(answering(answer))
    p = pool(server.url)
    for turn in range(3):
        response = await p.fetch(request_of())
        assert (response.status, response.body.whole, response.body.length) == (200, b"ok", 2)
        endpoint = p._roster.endpoints[0]
        assert repr(endpoint.idle[0]) == f"<Connection {server.url}, idle, exchanges: {turn + 1}>"
        assert repr(endpoint) == f"<Endpoint {server.url}, 0 in flight, 1 idle of 1, Health(healthy, failures=0, ejections=0)>"
    assert len(server.peers) == 1
    snapshot = p.snapshot()
    assert (snapshot["opened"], snapshot["reused"], snapshot["closed"], snapshot["failures"]) == (1, 2, 0, {})


async def test_the_request_is_written_anew(origin, pool, request_of, answer) -> None:
    seen = []

    async def script(peer):
        for _ in range(3):
            seen.append(await peer.request())
            await peer.send(answer)

    p = pool((await origin(script)).url)
    request = request_of("GET", "/a", fields=((b"content-length", b"99"), (b"transfer-encoding", b"chunked"), (b"x", b"1")))
    request.query = b"b=c"
    await p.fetch(request)
    await p.fetch(request_of("POST"))
    await p.fetch(request_of("PUT", body=b"hello"))
    assert seen == [
        b"GET /a?b=c HTTP/1.1\r\nhost: cms.example\r\naccept: */*\r\nx: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: cms.example\r\naccept: */*\r\ncontent-length: 0\r\n\r\n",
        b"PUT / HTTP/1.1\r\nhost: cms.example\r\naccept: */*\r\ncontent-length: 5\r\n\r\nhello",
    ]


async def test_host_of_the_origin(origin, pool, request_of, answer) -> None:
    seen = []

    async def script(peer):
        seen.append(await peer.request())
        await peer.send(answer)

    server = await origin(script)
    await pool(server.url, host="origin").fetch(request_of())
    assert b"\r\nhost: " + server.url.removeprefix("http://").encode() + b"\r\n" in seen[0]


async def test_a_value_that_ends_its_line_is_never_sent(origin, pool, request_of, answer) -> None:
    server = await origin(answering(answer))
    p = pool(server.url)
    with pytest.raises(ValueError, match="line end"):
        await p.fetch(request_of(fields=((b"x", b"1\r\nevil: 1"),)))
    assert (await p.fetch(request_of())).status == 200
    assert len(server.peers) == 1


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 204 No Content\r\n\r\nok",
    ],
    ids=["close", "1.0", "split", "content-of-204"],
)
async def test_a_connection_is_not_used_after(last, origin, pool, request_of) -> None:
    server = await origin(answering(last))
    p = pool(server.url)
    for _ in range(2):
        response = await p.fetch(request_of())
        assert response.body.whole in (b"ok", b"")
    assert len(server.peers) == 2
    assert p.snapshot()["closed"] == 2


async def test_bytes_on_an_idle_connection_close_it(origin, pool, request_of, answer, until) -> None:
    go = asyncio.Event()

    async def script(peer):
        await peer.request()
        await peer.send(answer)
        if peer.number == 0:
            await go.wait()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            await peer.gone()
            go.clear()
        await peer.request()

    server = await origin(script)
    p = pool(server.url)
    await p.fetch(request_of())
    go.set()
    await until(lambda: not go.is_set())
    assert (await p.fetch(request_of())).body.whole == b"ok"
    assert p.snapshot()["failures"] == {"http_protocol_error": 1}
    assert len(server.peers) == 2


async def test_idle_connections_that_the_origin_closes_are_forgotten(origin, pool, request_of, answer, until) -> None:
    async def script(peer):
        await peer.request()
        await peer.send(answer)

    server = await origin(script)
    p = pool(server.url)
    await p.fetch(request_of())
    await until(lambda: p.snapshot()["closed"] != 0)
    assert repr(p._roster.endpoints[0]).startswith(f"<Endpoint {server.url}, 0 in flight, 0 idle of 0")
    assert (await p.fetch(request_of())).status == 200
    assert p.snapshot()["failures"] == {}


async def test_idle_connections_end_by_the_clock(origin, pool, clock, request_of, answer) -> None:
    server = await origin(answering(answer))
    p = pool(server.url, idle_seconds=55)
    await p.fetch(request_of())
    clock.advance(54.9)
    p._sweep()
    assert p.snapshot()["closed"] == 0
    clock.advance(0.1)
    p._sweep()
    assert p.snapshot()["closed"] == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "connection_terminated"),
            (b"HTTP/1.1 200 OK\r\nContent-", "http_response_incomplete"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "http_response_incomplete"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "http_protocol_error"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok", "http_protocol_error"),
            (b"HTTP/1.1 101 Switching\r\n\r\n", "http_protocol_error"),
            (b"220 mail.example ESMTP\r\n\r\n", "http_protocol_error"),
            (b"HTTP/1.1 200 OK\r\nA: " + b"a" * 70_000, "http_response_header_section_size"),
        ],
    )
    async def test_answers_that_are_none(self, data, reason, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(data)

        p = pool((await origin(script)).url)
        with pytest.raises(OriginFault) as caught:
            await p.fetch(request_of())
        assert (caught.value.status, caught.value.reason, caught.value.blame) == (502, reason, Blame.ORIGIN)
        assert p.snapshot()["failures"] == {reason: 1}

    async def test_reset(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()
            peer.reset()

        with pytest.raises(OriginFault, match="502 connection_terminated"):
            await pool((await origin(script)).url).fetch(request_of())

    async def test_nobody_listens(self, pool, request_of) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            p = pool(f"http://127.0.0.1:{taken.getsockname()[1]}")
            with pytest.raises(OriginFault, match="502 connection_refused") as caught:
                await p.fetch(request_of())
        assert caught.value.retry
        assert p.snapshot()["failures"] == {"connection_refused": 1}

    async def test_no_such_name(self, pool, request_of) -> None:
        with pytest.raises(OriginFault, match="502 dns_error"):
            await pool("http://nowhere.invalid").fetch(request_of())

    async def test_no_connection_in_time(self, pool, request_of) -> None:
        # A listener whose backlog is full drops further attempts in silence.
        with socket.socket() as listener, socket.socket() as filler:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            filler.connect(listener.getsockname())
            p = pool(f"http://127.0.0.1:{listener.getsockname()[1]}", connect_seconds=0.05)
            with pytest.raises(OriginFault, match="504 connection_timeout"):
                await p.fetch(request_of())

    async def test_no_answer_in_time(self, origin, pool, clock, request_of) -> None:
        asked = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200")
            asked.set()
            await peer.gone()

        p = pool((await origin(script)).url, first_byte_seconds=30)
        task = asyncio.ensure_future(p.fetch(request_of(), first_byte_seconds=3))
        await asked.wait()
        clock.advance(3.1)
        with pytest.raises(OriginFault, match="504 http_response_timeout"):
            await task

    async def test_a_stall_in_a_small_answer(self, origin, pool, clock, request_of, until) -> None:
        asked = asyncio.Event()

        async def script(peer):
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok")
            asked.set()
            await peer.gone()

        p = pool((await origin(script)).url, between_bytes_seconds=4)
        task = asyncio.ensure_future(p.fetch(request_of()))
        await asked.wait()
        await until(lambda: "receiving" in repr(p._roster.alive))
        clock.advance(4.1)
        with pytest.raises(OriginFault, match="504 connection_read_timeout"):
            await task


class TestRetry:
    @staticmethod
    def closing_when_asked_again(answer):
        """The race of keep-alive: the first connection is closed while the second request is on its way."""

        async def script(peer):
            await peer.request()
            await peer.send(answer)
            await peer.request()
            if peer.number:
                await peer.send(answer)

        return script

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    async def test_idempotent_requests_survive_the_race(self, method, origin, pool, request_of, answer) -> None:
        nothing = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"  # after any other answer to HEAD a connection is not kept
        server = await origin(self.closing_when_asked_again(answer if method != "HEAD" else nothing))
        p = pool(server.url)
        for _ in range(2):
            assert (await p.fetch(request_of(method))).status == 200
        assert len(server.peers) == 2
        assert p.snapshot()["failures"] == {"connection_terminated": 1}

    async def test_neighbours_that_went_stale_as_well_are_not_tried(self, origin, pool, request_of, answer) -> None:
        both = asyncio.Barrier(2)

        async def script(peer):
            await peer.request()
            if peer.number < 2:
                await both.wait()
            await peer.send(answer)
            await peer.request()

        server = await origin(script)
        p = pool(server.url, connections=2, retries=1)
        await asyncio.gather(*[p.fetch(request_of()) for _ in range(2)])
        assert (await p.fetch(request_of())).status == 200
        assert len(server.peers) == 3

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    async def test_others_do_not(self, method, origin, pool, request_of, answer) -> None:
        p = pool((await origin(self.closing_when_asked_again(answer))).url)
        await p.fetch(request_of(method))
        with pytest.raises(OriginFault, match="502 connection_terminated") as caught:
            await p.fetch(request_of(method))
        assert not caught.value.retry

    async def test_nor_does_a_body_that_is_gone(self, origin, pool, request_of, piece_body, answer) -> None:
        p = pool((await origin(self.closing_when_asked_again(answer))).url)
        await p.fetch(request_of())
        with pytest.raises(OriginFault, match="502 connection_terminated"):
            await p.fetch(request_of("PUT", body=piece_body(b"once")))

    async def test_a_large_body_that_is_here_is_sent_again(self, origin, pool, request_of, answer, until) -> None:
        server = await origin(self.closing_when_asked_again(answer))
        p = pool(server.url)
        await p.fetch(request_of())
        again = asyncio.ensure_future(p.fetch(request_of("PUT", body=b"x" * 300_000)))
        await until(lambda: len(server.peers) >= 2)
        assert (await again).status == 200

    async def test_none_without_retries(self, origin, pool, request_of, answer) -> None:
        p = pool((await origin(self.closing_when_asked_again(answer))).url, retries=0)
        await p.fetch(request_of())
        with pytest.raises(OriginFault, match="502 connection_terminated") as caught:
            await p.fetch(request_of())
        assert caught.value.retry

    async def test_a_new_connection_that_is_closed_is_no_race(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.request()

        server = await origin(script)
        with pytest.raises(OriginFault):
            await pool(server.url, retries=3).fetch(request_of())
        assert len(server.peers) == 1

    async def test_no_second_try_once_an_answer_has_begun(self, origin, pool, request_of, answer) -> None:
        async def script(peer):
            await peer.request()
            await peer.send(answer)
            await peer.request()
            await peer.send(b"H")

        server = await origin(script)
        p = pool(server.url)
        await p.fetch(request_of())
        with pytest.raises(OriginFault, match="http_response_incomplete"):
            await p.fetch(request_of())
        assert len(server.peers) == 1

    async def test_a_refused_connection_is_tried_elsewhere(self, origin, pool, request_of, answer) -> None:
        server = await origin(answering(answer))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            p = pool(f"http://127.0.0.1:{taken.getsockname()[1]}", server.url)
            for _ in range(4):
                assert (await p.fetch(request_of("POST", body=b"x"))).status == 200
        assert p.snapshot()["failures"]["connection_refused"] >= 1


class TestQueue:
    async def test_first_come_first_served(self, origin, pool, request_of, answer, until) -> None:
        seen = []
        go = asyncio.Event()

        async def script(peer):
            while True:
                seen.append((await peer.request()).split(b" ")[1])
                await go.wait()
                await peer.send(answer)

        server = await origin(script)
        p = pool(server.url, connections=1, queue=8)
        tasks = [asyncio.ensure_future(p.fetch(request_of(path=f"/{turn}"))) for turn in range(5)]
        await until(lambda: seen)
        assert p.snapshot()["waiting"] == 4
        go.set()
        await asyncio.gather(*tasks)
        assert seen == [b"/0", b"/1", b"/2", b"/3", b"/4"]
        assert len(server.peers) == 1

    async def test_a_full_queue_refuses(self, origin, pool, request_of) -> None:
        async def script(peer):
            await peer.gone()

        p = pool((await origin(script)).url, connections=1, queue=1)
        held = [asyncio.ensure_future(p.fetch(request_of())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(EdgeFault) as caught:
            await p.fetch(request_of())
        assert (caught.value.status, caught.value.reason, caught.value.retry) == (503, "connection_limit_reached", True)
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)

    async def test_waiting_ends(self, origin, pool, clock, request_of) -> None:
        async def script(peer):
            await peer.gone()

        p = pool((await origin(script)).url, connections=1, queue_seconds=5)
        held, waiting = (asyncio.ensure_future(p.fetch(request_of())) for _ in range(2))
        await asyncio.sleep(0)
        clock.advance(5.1)
        with pytest.raises(EdgeFault, match="503 connection_limit_reached"):
            await waiting
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)

    async def test_a_closed_connection_makes_room(self, origin, pool, request_of) -> None:
        server = await origin(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        p = pool(server.url, connections=2)
        answers = await asyncio.gather(*[p.fetch(request_of()) for _ in range(9)])
        assert [item.status for item in answers] == [200] * 9
        assert len(server.peers) == 9

    async def test_a_failed_dial_makes_room(self, pool, request_of) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            p = pool(f"http://127.0.0.1:{taken.getsockname()[1]}", connections=1)
            results = await asyncio.gather(*[p.fetch(request_of()) for _ in range(4)], return_exceptions=True)
        assert [getattr(item, "reason", item) for item in results] == ["connection_refused"] * 4


async def test_connections_per_server_are_bounded(origin, pool, request_of, answer, until) -> None:
    go = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await go.wait()
            await peer.send(answer)

    server = await origin(script)
    p = pool(server.url, connections=3)
    tasks = [asyncio.ensure_future(p.fetch(request_of())) for _ in range(20)]
    await until(lambda: len(server.peers) >= 3)
    go.set()
    await asyncio.gather(*tasks)
    assert len(server.peers) == 3


async def test_load_goes_where_least_is_in_flight(origin, pool, request_of, answer) -> None:
    go = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await go.wait()
            await peer.send(answer)

    servers = [await origin(script) for _ in range(3)]
    p = pool(*[server.url for server in servers])
    tasks = [asyncio.ensure_future(p.fetch(request_of())) for _ in range(9)]
    await asyncio.sleep(0)
    assert [server["in_flight"] for server in p.snapshot()["endpoints"]] == [3, 3, 3]
    go.set()
    await asyncio.gather(*tasks)


async def test_close_ends_what_is_under_way(origin, pool, request_of) -> None:
    asked = asyncio.Event()

    async def script(peer):
        await peer.request()
        asked.set()
        await peer.gone()

    p = pool((await origin(script)).url, connections=1)
    tasks = [asyncio.ensure_future(p.fetch(request_of())) for _ in range(2)]
    await asked.wait()
    await p.close()
    for task in tasks:
        with pytest.raises(EdgeFault, match="503 destination_unavailable"):
            await task
    with pytest.raises(EdgeFault, match="503 destination_unavailable"):
        await p.fetch(request_of())


async def test_nothing_runs_once_nothing_is_open(origin, pool, request_of, until) -> None:
    server = await origin(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
    p = pool(server.url)
    await p.fetch(request_of())
    assert p._sweeper is not None
    await until(lambda: not p._roster.alive)
    p._sweeper.cancel()
    p._sweep()
    assert p._sweeper is None
