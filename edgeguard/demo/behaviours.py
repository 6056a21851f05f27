"""Paths that misbehave on request, so that one can watch what the edge makes of it: slow, failing, endless, talkative.

Each is bounded: the demo must not become a tool against the machine that it runs on.
"""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST_SECONDS = 30.0
MOST_EVENTS = 100
MOST_INTERVAL = 5.0

# What a careless framework prints. No such place, and no such password, exists.
_TRACE = """Traceback (most recent call last):
  File "/srv/cms/app/views.py", line 42, in show
    row = db.execute(sql).fetchone()
psycopg2.errors.SyntaxError: syntax error at or near "FROM"
LINE 1: SELECT title, FROM articles WHERE id = 7
dsn: postgresql://cms:example-password@db.internal:5432/cms
"""


class Behaviours:
    """Handlers of the paths that are not content."""

    def __init__(self) -> None:
        self._flaky = count(1)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Answer the paths of this file."""
        router.add_get("/slow", self.slow)
        router.add_get("/fail", self.fail)
        router.add_get("/flaky", self.flaky)
        router.add_get("/events", self.events)
        router.add_route("*", "/echo", self.echo)

    async def slow(self, request: web.Request) -> web.Response:
        """Text, after as many seconds as were asked for."""
        seconds = _number(request, "seconds", 1.0, MOST_SECONDS)
        await asyncio.sleep(seconds)
        return _plain(f"waited {seconds:g} s\n")

    async def fail(self, request: web.Request) -> web.Response:
        """500; with `trace` in the query it says more than it should."""
        return _plain(_TRACE if "trace" in request.query else "the CMS broke, as you asked\n", status=500)

    async def flaky(self, _: web.Request) -> web.Response:
        """503 every third time, counted over all requests."""
        number = next(self._flaky)
        if number % 3 == 0:
            return _plain(f"request {number}: out of luck\n", status=503)
        return _plain(f"request {number}: fine\n")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `count` of them, `interval` seconds apart."""
        number = int(_number(request, "count", 5, MOST_EVENTS))
        interval = _number(request, "interval", 1.0, MOST_INTERVAL)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        async for event in _ticks(number, interval):
            await response.write(event)
        await response.write_eof()
        return response

    async def echo(self, request: web.Request) -> web.Response:
        """The request as it came out of the edge."""
        size = 0
        async for piece in request.content.iter_chunked(65_536):
            size += len(piece)
        document = {
            "method": request.method,
            "path": request.raw_path,
            "headers": [[name, value] for name, value in request.headers.items()],
            "body_bytes": size,
        }
        text = json.dumps(document, indent=2) + "\n"
        return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-store"})


async def _ticks(number: int, interval: float) -> AsyncIterator[bytes]:
    for tick in range(1, number + 1):
        if tick > 1:
            await asyncio.sleep(interval)
        yield f"id: {tick}\nevent: tick\ndata: {tick} of {number}\n\n".encode()


def _number(request: web.Request, name: str, default: float, most: float) -> float:
    """The number that the query gives, held between 0 and `most`."""
    try:
        value = float(request.query.get(name, default))
    except ValueError:
        return default
    return min(max(value, 0.0), most) if value == value else default  # noqa: PLR0124 - a NaN is unequal to itself


def _plain(text: str, *, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, headers={"Cache-Control": "no-store"})
