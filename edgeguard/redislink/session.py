"""One connection, from its first byte to its last: replies come in the order of the commands, and that is all it knows.

A session that failed is never used again. What Redis still sends on it belongs to questions that were answered otherwise,
so the socket is aborted, and no reply can ever meet the wrong question.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import hiredis

from edgeguard.redislink.answer import Ask, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.redislink.answer import Command

# Bytes of one reply. The largest value kept in Redis is a cached response, by default 1 MiB; Redis itself stops at 512 MiB.
MOST_REPLY = 64 * 1024 * 1024
# Bytes that wait to be sent, in this process and then in the socket's buffer. Eight cached responses of the largest default size.
MOST_UNSENT = 8 * 1024 * 1024

_MORE = object()


class Session(asyncio.Protocol):
    """A connection to Redis (RESP2, which every version speaks).

    Args:
        lost: told once, with a few words, when the session is at its end for any reason but `abort`.

    Attributes:
        asks: questions without an answer, in the order in which their replies will come.
        waiting: commands without a reply.
        gone: done when the socket is closed.
    """

    def __init__(self, lost: Callable[[Session, str], None]) -> None:
        self.asks: deque[Ask[Any]] = deque()
        self.waiting = 0
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._lost = lost
        self._over = False
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self._unread = 0  # bytes of the reply that is not whole yet
        self._out: list[bytes] = []
        self._unsent = 0
        self._full = False  # the socket's buffer is
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=MOST_UNSENT)
        if self._over:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        if not self.gone.done():
            self.gone.set_result(None)
        self._end("connection lost" if exc is None else f"connection lost: {type(exc).__name__}")

    def pause_writing(self) -> None:
        """Called by the event loop."""
        self._full = True

    def resume_writing(self) -> None:
        """Called by the event loop."""
        self._full = False

    @property
    def busy(self) -> bool:
        """More waits to be sent than may."""
        return self._full or self._unsent > MOST_UNSENT

    def send(self, ask: Ask[Any], commands: Sequence[Command]) -> None:
        """Queue `commands` for `ask`; all that is queued in one turn of the event loop goes out in one write.

        Raises:
            TypeError: an argument is neither text, bytes nor a number; nothing was queued.
        """
        packed = b"".join([hiredis.pack_command(command) for command in commands])  # type: ignore[arg-type]  # its stub knows one argument only
        self.asks.append(ask)
        self.waiting += ask.want
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(packed)
        self._unsent += len(packed)

    def _flush(self) -> None:
        if self._transport is not None and not self._over:
            self._transport.write(b"".join(self._out))
        self._out.clear()
        self._unsent = 0

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: hand each reply to the oldest question."""
        reader, asks = self._reader, self.asks
        self._unread += len(data)
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not _MORE:
                self._unread = 0
                if not asks:
                    self._end("a reply to nothing")
                    return
                self.waiting -= 1
                ask = asks[0]
                ask.replies.append(reply)
                if len(ask.replies) == ask.want:
                    asks.popleft()
                    self._conclude(ask)
        except hiredis.HiredisError:
            self._end("this is no Redis")
            return
        if self._unread > MOST_REPLY:
            self._end("reply too large")

    def _conclude(self, ask: Ask[Any]) -> None:
        again = ask.repeat()
        if again is None:
            ask.settle(ask.replies)
        else:
            self.send(*again)

    def _end(self, why: str) -> None:
        if not self._over:
            self._lost(self, why)  # first, so that nobody who is told now asks here again
            self.abort(why)

    def abort(self, why: str) -> None:
        """Close the socket at once and tell all who wait."""
        if self._over:
            return
        self._over = True
        if self._transport is not None:
            self._transport.abort()
        elif not self.gone.done():
            self.gone.set_result(None)
        asks = list(self.asks)
        self.asks.clear()
        self.waiting = 0
        for ask in asks:
            ask.settle(Unavailable(why))
