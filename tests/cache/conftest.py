from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.cache.filling import Filling
from edgeguard.cache.lookup import Lookup
from edgeguard.cache.shared import Cache
from edgeguard.clock import ManualClock
from edgeguard.config.model import Cache as Settings
from edgeguard.message import Body, Headers, Request, Response
from edgeguard.redislink import RedisLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from edgeguard.cache.redistier import Link


def fields(**named: str) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]


class Desk:
    """A cache on a clock that stands still, and what an exchange does with it in one call each."""

    def __init__(self, clock: ManualClock, link: Link | None = None, **settings: Any) -> None:
        self.clock = clock
        self.cache = Cache(Settings(redis=link is not None, **{"stale_if_error": 0, **settings}), clock, link)

    def ask(self, path: str = "/", method: str = "GET", *, identified: bool = False, **headers: str) -> Lookup:
        found = self.cache.lookup(self.request(path, method, **headers), identified=identified)
        assert isinstance(found, Lookup)
        return found

    async def seek(self, path: str = "/", **headers: str) -> Lookup:
        found = self.cache.lookup(self.request(path, **headers))
        return found if isinstance(found, Lookup) else await found

    def request(self, path: str = "/", method: str = "GET", **headers: str) -> Request:
        before, mark, query = path.encode().partition(b"?")
        head = Headers([(b"host", b"cms.example"), *fields(**headers)])
        return Request(method.encode(), path.encode(), before, query if mark else None, b"https", b"cms.example", head)

    def response(self, body: bytes = b"body", status: int = 200, **headers: str) -> Response:
        return Response(status, Headers(fields(**headers)), Body(None, len(body)))

    def fill(self, found: Lookup, request: Request, response: Response, body: bytes = b"body") -> bool:
        """Whether the answer is stored."""
        filling = found.on_response(request, response)
        if not isinstance(filling, Filling):
            return False
        stores = self.cache.stats.stores
        filling.write(body)
        filling.finish()
        return self.cache.stats.stores > stores

    def store(
        self, path: str = "/", body: bytes = b"body", status: int = 200, *, asking: dict[str, str] | None = None, **headers: str
    ) -> bool:
        """One exchange in which the origin answers so; whether its answer is stored."""
        request = self.request(path, **(asking or {}))
        found = self.cache.lookup(request)
        assert isinstance(found, Lookup)
        return self.fill(found, request, self.response(body, status, **headers), body)

    async def seek_and_store(
        self, path: str = "/", body: bytes = b"body", *, asking: dict[str, str] | None = None, **headers: str
    ) -> bool:
        request = self.request(path, **(asking or {}))
        found = self.cache.lookup(request)
        if not isinstance(found, Lookup):
            found = await found
        return self.fill(found, request, self.response(body, **headers), body)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def desk(clock: ManualClock) -> Callable[..., Desk]:
    return lambda link=None, **settings: Desk(clock, link, **settings)


@pytest.fixture
async def link(redis: Any) -> AsyncIterator[RedisLink]:
    # A second instead of 5 ms: these tests ask whether answers are right, on machines that may be busy.
    link = RedisLink(redis.settings(timeout_ms=1000))
    await link.start()
    assert link.up
    yield link
    await link.close()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    async def until(condition: Callable[[], bool]) -> None:
        """Give the loop time until `condition` holds; at most ten seconds."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - what is waited for is another process's doing
                await asyncio.sleep(0.005)

    return until
