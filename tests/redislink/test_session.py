"""A session against a peer that says what no Redis would."""

import asyncio

import pytest

from edgeguard.redislink import Unavailable
from edgeguard.redislink import session as module
from edgeguard.redislink.answer import Ask, only
from edgeguard.redislink.session import Session


class Peer:
    """Takes one connection and sends what the test says."""

    async def open(self) -> None:
        self.ready: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.ready.set_result(writer)
        try:
            while data := await reader.read(65536):
                self.received += data
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def say(self, data: bytes) -> None:
        (await self.ready).write(data)

    async def close(self) -> None:
        (await self.ready).close()
        self.server.close()
        await self.server.wait_closed()


@pytest.fixture
async def peer():
    peer = Peer()
    await peer.open()
    yield peer
    await peer.close()


@pytest.fixture
async def lost():
    return asyncio.Queue()


@pytest.fixture
async def session(peer, lost):
    session = Session(lambda _, why: lost.put_nowait(why))
    await asyncio.get_running_loop().create_connection(lambda: session, "127.0.0.1", peer.port)
    yield session
    session.abort("test is over")
    await session.gone


def ask(session: Session, *commands: tuple[object, ...], conclude=only) -> asyncio.Future:
    future = asyncio.get_running_loop().create_future()
    session.send(Ask(future, len(commands), conclude, 0.0), commands)
    return future


async def test_replies_go_to_their_questions_in_order_however_they_are_cut(session, peer) -> None:
    first, both, last = ask(session, ("A",)), ask(session, ("B",), ("C",), conclude=lambda replies: replies), ask(session, ("D",))
    for byte in b"+a\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n$2\r\n\r\n\r\n":
        await peer.say(bytes((byte,)))
        await asyncio.sleep(0)
    assert await asyncio.gather(first, both, last) == [b"a", [1, [b"x", None]], b"\r\n"]
    assert session.waiting == 0


async def test_all_of_one_turn_goes_out_in_one_write(session, peer) -> None:
    writes = []
    transport = session._transport

    class Watched:
        def write(self, data: bytes) -> None:
            writes.append(data)
            transport.write(data)

        def abort(self) -> None:
            transport.abort()

    session._transport = Watched()
    futures = [ask(session, ("PING",)) for _ in range(50)]
    await peer.say(b"+PONG\r\n" * 50)
    assert await asyncio.gather(*futures) == [b"PONG"] * 50
    assert writes == [b"*1\r\n$4\r\nPING\r\n" * 50]


async def test_a_reply_to_a_cancelled_question_is_not_given_to_the_next(session, peer) -> None:
    cancelled, next_one = ask(session, ("A",)), ask(session, ("B",))
    cancelled.cancel()
    await peer.say(b"+a\r\n+b\r\n")
    assert await next_one == b"b"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "this is no Redis"),
        (b"+a\r\n+b\r\n", "a reply to nothing"),
        (b"*99999999999\r\n", "this is no Redis"),
    ],
)
async def test_what_no_redis_says_ends_the_session(session, peer, lost, said: bytes, why: str) -> None:
    future = ask(session, ("A",))
    await peer.say(said)
    assert await lost.get() == why
    await session.gone
    await asyncio.wait([future])
    assert lost.empty()


async def test_a_reply_has_a_largest_size(session, peer, lost, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_REPLY", 1000)
    future = ask(session, ("A",))
    await peer.say(b"*3\r\n" + b"$400\r\n" + b"x" * 400 + b"\r\n" + b"$900\r\n" + b"x" * 800)
    assert await lost.get() == "reply too large"
    with pytest.raises(Unavailable, match="reply too large"):
        await future


async def test_small_replies_may_be_many(session, peer, lost, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_REPLY", 1000)
    futures = [ask(session, ("A",)) for _ in range(500)]
    await peer.say(b"$6\r\nabcdef\r\n" * 500)
    assert await asyncio.gather(*futures) == [b"abcdef"] * 500
    assert lost.empty()


async def test_a_peer_that_leaves_ends_the_session(session, peer, lost) -> None:
    future = ask(session, ("A",))
    (await peer.ready).close()
    assert (await lost.get()).startswith("connection lost")
    with pytest.raises(Unavailable, match="connection lost"):
        await future


async def test_what_comes_after_an_abort_reaches_nobody(session, lost) -> None:
    future = ask(session, ("A",))
    session.abort("no answer")
    session.data_received(b"+late\r\n")
    with pytest.raises(Unavailable, match="no answer"):
        await future
    assert lost.empty()


async def test_bytes_that_wait_are_bounded(session, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_UNSENT", 1000)
    assert not session.busy
    ask(session, ("SET", "k", "x" * 1001))
    assert session.busy
    await asyncio.sleep(0)
    assert not session.busy
    session.pause_writing()
    assert session.busy
    session.resume_writing()
    assert not session.busy


async def test_an_argument_that_is_no_text_or_number_sends_nothing(session, peer) -> None:
    with pytest.raises(TypeError):
        ask(session, ("SET", "k", None))
    assert not session.asks
    future = ask(session, ("A",))
    await peer.say(b"+a\r\n")
    assert await future == b"a"
    assert b"SET" not in peer.received
