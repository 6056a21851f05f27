"""A response's content between the connection that fills it and the reader that empties it: bounded, for one reader.

The connection knows the inbox, the body knows both, and nothing but the reader knows the body. So a body that is simply dropped
is noticed, and does not hold its connection for ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from edgeguard.message import Body

# Bytes held before the origin is no longer read. One read of the event loop, at most 256 KiB, may come on top. Enough to keep a
# client with 100 Mbit/s and 10 ms busy; nginx holds 8 x 4 KiB in memory, and then a file.
HIGH_WATER = 128 * 1024


class Source(Protocol):
    """What an inbox needs of the connection."""

    def resume(self) -> None:
        """Read on."""

    def discard(self, inbox: Inbox) -> None:
        """Nobody wants the rest."""


class Inbox:
    """Pieces that have come and were not read yet.

    Attributes:
        size: bytes held.
        received: bytes that have come in all.
        ended: nothing more will come.
        paused: the source waits for `resume`.
    """

    __slots__ = ("_pieces", "_reader", "_source", "discarding", "ended", "fault", "paused", "received", "size")

    def __init__(self, source: Source) -> None:
        self._source: Source | None = source
        self._pieces: deque[bytes] = deque()
        self._reader: asyncio.Future[None] | None = None
        self.fault: Exception | None = None
        self.size = self.received = 0
        self.ended = self.paused = self.discarding = False

    def __repr__(self) -> str:
        state = "failed" if self.fault else "ended" if self.ended else "paused" if self.paused else "open"
        return f"Inbox({state}, size={self.size}, received={self.received})"

    def put(self, piece: bytes) -> bool:
        """Take a piece; True when the source should pause."""
        if not piece:
            return False
        self.received += len(piece)
        if self.discarding:
            return False
        self._pieces.append(piece)
        self.size += len(piece)
        self._wake()
        self.paused = self.size >= HIGH_WATER
        return self.paused

    def end(self, fault: Exception | None = None) -> None:
        """Nothing more comes: `fault` says why where that is not as it should be."""
        self.ended = True
        self.fault = fault
        self._source = None
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def take(self) -> bytes:
        """All that is here; b"" at the end.

        Raises:
            Fault: the content is cut short. What had come before is given out first.
        """
        while not self._pieces:
            if self.ended or self.discarding:
                if self.fault is not None:
                    raise self.fault
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        data = self._pieces.popleft() if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        if self.paused:
            self.paused = False
            if self._source is not None:
                self._source.resume()
        return data

    def abandon(self) -> None:
        """Drop what is here and what may come."""
        self._pieces.clear()
        self.size = 0
        self.discarding = True
        if self._source is not None:
            self._source.discard(self)


class StreamedBody(Body):
    """Content that is still on its way from the origin."""

    __slots__ = ("_inbox",)

    def __init__(self, inbox: Inbox, length: int | None) -> None:
        super().__init__(None, length)
        self._inbox = inbox

    async def read(self) -> bytes:
        """See `Body.read`. A piece is what has come since the last one, so at most about `HIGH_WATER` bytes."""
        return await self._inbox.take()

    def abandon(self) -> None:
        """Give the connection up; where little is left, that is read and dropped, and the connection kept."""
        if not self._inbox.ended and not self._inbox.discarding:
            self._inbox.abandon()

    def __del__(self) -> None:
        self.abandon()
