"""Where an answer comes from: the cache where it may, else the origin; and what of the origin's answer is kept."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from edgeguard.cache.lookup import Lookup
from edgeguard.cache.status import NAME as CACHE_STATUS
from edgeguard.errors import Fault
from edgeguard.gateway.codings import readable
from edgeguard.gateway.onward import onward
from edgeguard.message import Body, Response
from edgeguard.observe.log import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.cache.filling import Filling
    from edgeguard.cache.shared import Cache
    from edgeguard.gateway.exchange import Exchange
    from edgeguard.gateway.screen import Screen
    from edgeguard.identity.forwardable import ForwardFilter
    from edgeguard.message import Request
    from edgeguard.origin.pool import Pool

log = get_logger("gateway")

# Sources of an account that are part of the URL, and so of the cache's key already.
_IN_THE_URL = frozenset(("host_label", "path_segment"))
# What a request waited for may turn out to be another variant; then the variants are known, and it waits once more.
_JOINS = 2
_RESULTS = {"hit": "hit", "stale-ok": "stale", "unsatisfied": "miss", "bypass": "bypass", "miss": "miss", "stale": "miss"}


class StoringBody(Body):
    """A response's body on its way to the client; what passes is collected for the cache."""

    __slots__ = ("_body", "_filling")

    def __init__(self, body: Body, filling: Filling) -> None:
        super().__init__(None, body.length)
        self._body = body
        self._filling = filling

    async def read(self) -> bytes:
        try:
            piece = await self._body.read()
        except BaseException:
            self._filling.drop()
            raise
        if piece:
            self._filling.write(piece)
        else:
            self._filling.finish()
        return piece

    def abandon(self) -> None:
        self._filling.drop()
        self._body.abandon()


class Answerer:
    """See the module.

    Args:
        screen: inspects what comes from the origin before it is stored or sent.
    """

    __slots__ = ("_cache", "_filter", "_pool", "_refreshing", "_screen")

    def __init__(self, cache: Cache, pool: Pool, forward_filter: ForwardFilter, screen: Screen) -> None:
        self._cache = cache
        self._pool = pool
        self._filter = forward_filter
        self._screen = screen
        self._refreshing: set[asyncio.Task[None]] = set()

    async def answer(self, exchange: Exchange) -> Response:
        """The response to an admitted request.

        Raises:
            Fault: the origin could not be asked, and nothing stored may stand in for it.
        """
        if not exchange.route.cache:
            response = await self._fetch(exchange, None)
            self._cache.invalidate(exchange.request, response)
            return response
        lookup = self._look_up(exchange)
        if not isinstance(lookup, Lookup):
            lookup = await lookup
        exchange.mark("cache_lookup")
        _note(exchange, lookup)
        if lookup.serves:
            return self._serve(exchange, lookup)
        if lookup.state == "bypass":
            response = await self._fetch(exchange, None)
            self._cache.invalidate(exchange.request, response)
            exchange.fields.append((CACHE_STATUS, lookup.status()))
            return response
        return await self._fetch_shared(exchange, lookup)

    def _look_up(self, exchange: Exchange) -> Lookup | Awaitable[Lookup]:
        account = exchange.client.account
        identified = account is not None and account.source not in _IN_THE_URL
        return self._cache.lookup(exchange.request, identified=identified)

    def _serve(self, exchange: Exchange, lookup: Lookup) -> Response:
        """From the cache, as it is; what has just become stale is fetched anew on the side."""
        if lookup.state == "stale-ok":
            flight = self._cache.join(lookup)
            if flight.leader and lookup.fetch is not None and lookup.fetch.flight is not None:
                task = asyncio.get_running_loop().create_task(self._refresh(exchange, lookup))
                self._refreshing.add(task)
                task.add_done_callback(self._refreshing.discard)
        exchange.fields.append((CACHE_STATUS, lookup.status()))
        return lookup.respond(exchange.request)

    async def _fetch_shared(self, exchange: Exchange, lookup: Lookup) -> Response:
        """Of many who miss the same, one fetches and the others wait for its answer."""
        collapsed = False
        for _ in range(_JOINS):
            flight = self._cache.join(lookup)
            if flight.leader:
                break
            collapsed = True
            if not await flight.wait():
                break
            again = self._look_up(exchange)
            lookup = again if isinstance(again, Lookup) else await again
            if lookup.serves:
                exchange.entry.cache, exchange.entry.tier = "coalesced", lookup.tier or "none"
                return self._serve(exchange, lookup)
        try:
            return await self._fetch_to_keep(exchange, lookup, collapsed=collapsed)
        except BaseException:
            flight.land(stored=False)
            raise

    async def _fetch_to_keep(self, exchange: Exchange, lookup: Lookup, *, collapsed: bool) -> Response:
        """Ask the origin, and let the cache decide what becomes of its answer."""
        request = exchange.request
        try:
            response = await self._fetch(exchange, lookup)
        except Fault as fault:
            # What rules withhold is no failure of the origin, and nothing old stands in for it.
            stale = None if exchange.entry.verdict == "blocked" else lookup.on_error(request)
            if stale is None:
                raise
            exchange.entry.detail = fault.detail
            exchange.entry.cache, exchange.entry.tier = "stale", lookup.tier
            exchange.fields.append((CACHE_STATUS, lookup.status(collapsed=collapsed)))
            return stale
        kept = lookup.on_response(request, response)
        answer = kept if isinstance(kept, Response) else response
        # Before it is stored, since the reason of a miss is looked up.
        exchange.fields.append((CACHE_STATUS, lookup.status(_other(exchange, answer), collapsed=collapsed)))
        if kept is None:
            return response
        if isinstance(kept, Response):
            exchange.entry.cache = "revalidated" if response.status == 304 else "stale"
            exchange.entry.tier = lookup.tier
            response.body.abandon()
            return kept
        if (whole := response.body.whole) is not None:
            kept.write(whole)
            kept.finish()
        else:
            response.body = StoringBody(response.body, kept)
        exchange.mark("cache_store")
        return response

    async def _fetch(self, exchange: Exchange, lookup: Lookup | None) -> Response:
        """The origin's own answer, inspected."""
        request = self._onward(exchange, lookup)
        entry = exchange.entry
        if request.method != b"GET" and self._screen.bodies and b"range" in request.headers:
            # Parts are defined for GET alone (RFC 9110, section 14.2), and nothing else may be asked for twice.
            request.headers = request.headers.without(_IN_PARTS)
        began = perf_counter()
        try:
            response = await self._pool.fetch(request, exchange.route.first_byte_seconds)
        except Fault as fault:
            entry.origin_failures = [fault.reason]
            raise
        if request.method == b"GET" and self._screen.must_be_whole(exchange, response):
            response.body.abandon()
            request.headers = request.headers.without(_IN_PARTS)
            response = await self._pool.fetch(request, exchange.route.first_byte_seconds)
        entry.origin_seconds = perf_counter() - began
        entry.origin_status = response.status
        exchange.mark("fetch")
        if exchange.transaction is not None and self._screen.wanted:
            await self._screen.inspect(exchange, response)
            exchange.mark("inspect_response")
        return response

    def _onward(self, exchange: Exchange, lookup: Lookup | None) -> Request:
        entry = exchange.entry
        request = onward(
            exchange.request, exchange.client, entry.request_id, self._filter, exchange.link, trusted=bool(exchange.link.trusted)
        )
        if lookup is not None and (conditions := lookup.conditions()):
            request.headers = request.headers.without(_CONDITIONS)
            for name, value in conditions:
                request.headers.add(name, value)
        if self._screen.bodies and exchange.transaction is not None:
            request.headers = readable(request.headers)
        return request

    async def _refresh(self, exchange: Exchange, lookup: Lookup) -> None:
        """Fetch what was served stale, as an exchange of its own; nobody waits for it, so nobody is told when it fails."""
        aside = exchange.aside(self._screen)
        try:
            response = await self._fetch(aside, lookup)
            kept = lookup.on_response(aside.request, response)
            if kept is None or isinstance(kept, Response):
                response.body.abandon()
                return
            body = StoringBody(response.body, kept)
            while kept.open and await body.read():
                pass
            if not kept.open:
                response.body.abandon()
        except Fault as fault:
            lookup.on_error(aside.request)
            log.info("a stale answer could not be refreshed", path=aside.request.path, why=fault.reason)
        finally:
            if lookup.fetch is not None:
                lookup.fetch.land(stored=False)

    async def close(self) -> None:
        """End what is fetched on the side."""
        for task in list(self._refreshing):
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)


_CONDITIONS = frozenset((b"if-none-match", b"if-modified-since"))
_IN_PARTS = frozenset((b"range", b"if-range"))


def _note(exchange: Exchange, lookup: Lookup) -> None:
    entry = exchange.entry
    entry.cache = _RESULTS[lookup.state]
    if lookup.serves and lookup.tier:
        entry.tier = lookup.tier


def _other(exchange: Exchange, response: Response) -> int:
    """The origin's status where the client gets another one, else 0."""
    status = exchange.entry.origin_status
    return status if status != response.status else 0
