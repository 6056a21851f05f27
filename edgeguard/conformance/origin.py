"""The origin behind a running edge: a small HTTP/1.1 server on loopback that answers as `reflection` says."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

from edgeguard.conformance.reflection import answer
from edgeguard.errors import ClientFault
from edgeguard.wire.request import HeadLimits, RequestParser

if TYPE_CHECKING:
    from types import TracebackType

    from edgeguard.conformance.reflection import Reflected
    from edgeguard.message import Request

_READ = 64 * 1024
_LARGEST = 16 * 1024 * 1024  # of a request; no test sends more
_LIMITS = HeadLimits(request_line=1 << 20, header_bytes=1 << 20, header_fields=1000)
_BODILESS = (204, 304)


class ReflectingOrigin:
    """Serves in a thread of its own while its `with` block runs.

    Attributes:
        port: on 127.0.0.1, known once the block has begun.
    """

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="reflecting-origin", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def _start(self) -> None:
        self._server = await asyncio.start_server(_converse, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    parser = RequestParser(_LIMITS, b"http")
    with contextlib.suppress(ClientFault, ConnectionError, asyncio.CancelledError):
        while (request := await _next(parser, reader)) is not None:
            content = await _content(parser, reader, request)
            writer.write(_written(request.method, answer(request.method, request.path, content)))
            await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        await writer.wait_closed()


async def _next(parser: RequestParser, reader: asyncio.StreamReader) -> Request | None:
    while (request := parser.next_request()) is None:
        data = await reader.read(_READ)
        if not data:
            return None
        parser.receive(data)
    return request


async def _content(parser: RequestParser, reader: asyncio.StreamReader, request: Request) -> bytes:
    if request.body.whole is not None:
        return request.body.whole
    content, ended = parser.content()
    while not ended and len(content) < _LARGEST:
        data = await reader.read(_READ)
        if not data:
            raise ConnectionResetError
        parser.receive(data)
        piece, ended = parser.content()
        content += piece
    return content


def _written(method: bytes, reflected: Reflected) -> bytes:
    fields = reflected.headers.fields
    if reflected.status in _BODILESS:
        fields = [item for item in fields if item[0] != b"content-length"]
    head = b"HTTP/1.1 %d OK\r\n" % reflected.status + b"".join(b"%s: %s\r\n" % item for item in fields) + b"\r\n"
    return head if method == b"HEAD" or reflected.status in _BODILESS else head + reflected.content
