"""One request's dealings with the cache, from the look-up to what becomes of the origin's answer.

hit          answer with `respond`
stale-ok     answer with `respond`, and fetch in the background with `conditions`
unsatisfied  answer with `respond`: 504, since the client wanted a stored answer only and there is none
stale        fetch with `conditions`, then `on_response`, or `on_error` where the origin fails
miss         fetch, then `on_response`
bypass       fetch; the cache has no part in it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.cache import status as cache_status
from edgeguard.cache.conditional import opaque
from edgeguard.cache.control import delta_seconds
from edgeguard.cache.filling import Filling
from edgeguard.cache.policy import CREDENTIALS, HEAD, LASTING, METHOD, ORIGIN_ERRORS, terms
from edgeguard.cache.stored import Stored, confirms, merged, storable_fields, times_of
from edgeguard.message import Headers, Response

if TYPE_CHECKING:
    from edgeguard.cache.coalesce import Flight, Key
    from edgeguard.cache.policy import Terms
    from edgeguard.cache.shared import Cache
    from edgeguard.cache.status import State
    from edgeguard.message import Field, Request

SERVES: frozenset[State] = frozenset(("hit", "stale-ok", "unsatisfied"))


class Fetch:
    """What must be known when the origin's answer is to be stored; made only where one is asked for.

    Attributes:
        headers: the request's, as they were at the look-up: they choose the variant.
        begun: the last invalidation that the fetch knows of.
        generation: the URL's in Redis, b"" where it has none or was not asked.
        names: the request fields that tell its variants apart in Redis.
        conditional: whether `conditions` gave the stored response's validators away.
        flight: the coalesced fetch that it leads, if any.
        storing: whether the answer is being stored.
        refusal: why it is not.
    """

    __slots__ = ("begun", "conditional", "flight", "generation", "headers", "names", "refusal", "storing")

    def __init__(self, headers: Headers, begun: int, generation: bytes = b"", names: tuple[bytes, ...] = ()) -> None:
        self.headers = headers
        self.begun = begun
        self.generation = generation
        self.names = names
        self.conditional = False
        self.flight: Flight | None = None
        self.storing = False
        self.refusal = ""

    def land(self, *, stored: bool) -> None:
        """Wake those who wait for this fetch."""
        if self.flight is not None:
            self.flight.land(stored=stored)


class Lookup:
    """What the cache has for one request.

    Attributes:
        state: see the module's head.
        tier: `memory` or `redis` where something is stored, else "".
        stored: the stored response, if any.
        key: the URL's.
        asks: the request's flags, see `policy`.
        now: when the cache was asked; seconds since the epoch.
        fetch: what is needed to store the answer; None where the cache has no part in it.
    """

    __slots__ = ("_cache", "asks", "fetch", "key", "now", "state", "stored", "tier")

    def __init__(
        self,
        cache: Cache,
        key: bytes,
        asks: int,
        now: float,
        state: State,
        stored: Stored | None,
        tier: str,
        fetch: Fetch | None,
    ) -> None:
        self._cache = cache
        self.key = key
        self.asks = asks
        self.now = now
        self.state = state
        self.stored = stored
        self.tier = tier
        self.fetch = fetch

    @property
    def serves(self) -> bool:
        """Whether `respond` answers the request now."""
        return self.state in SERVES

    def respond(self, request: Request) -> Response:
        """The stored response for `request`, or 504 where only a stored one was wanted; the body's bytes are shared."""
        if self.stored is None:
            return Response(504, Headers([(b"cache-control", b"no-store"), (b"content-length", b"0")]))
        return self.stored.respond(request, self.now)

    def conditions(self) -> list[Field]:
        """The fields that make the fetch conditional.

        Where there are any, they take the place of the client's own If-None-Match and If-Modified-Since: the answer to
        the client is made by `on_response`, which evaluates those.
        """
        if self.stored is None or self.fetch is None:
            return []
        fields = self.stored.conditions()
        self.fetch.conditional = bool(fields)
        return fields

    def on_response(self, request: Request, response: Response) -> Response | Filling | None:
        """Decide what becomes of the origin's answer, once its head is here and before it is changed.

        Args:
            request: the client's; for a fetch in the background whatever was sent, which should be a GET.
            response: the origin's.

        Returns:
            A Response that goes to the client in its stead: the stored one, which a 304 confirmed or which hides an error
            of the origin. A Filling that wants the body's pieces. None where the answer passes by.
        """
        fetch = self.fetch
        if fetch is None:
            return None
        if response.status == 304 and fetch.conditional:
            return self._confirmed(request, response, fetch)
        if response.status in ORIGIN_ERRORS:
            stale = self.on_error(request)
            if stale is not None:
                return stale
        now = self._cache.clock.wall()
        if request.method == b"HEAD":
            self._compare(response)
            told: Terms | str = "request"
        else:
            told = terms(self.asks & ~HEAD, response, self._cache.settings, now)
        if isinstance(told, str):
            self._refuse(told, fetch)
            return None
        return self._fill(response, told, fetch, now)

    def on_error(self, request: Request) -> Response | None:
        """The stored response, where the origin failed and that may be hidden (RFC 5861, section 4).

        To be called for fetches in the background too: for some seconds after it, look-ups find `stale-ok` instead of
        `stale`, so that not every request waits for an origin that hangs, and one fetch at a time finds out when it is back.
        """
        cache, fetch, stored = self._cache, self.fetch, self.stored
        now = cache.clock.wall()
        hidden = stored is not None and now < stored.times.error_until
        if fetch is not None:
            # Those who wait get the stale answer as well, where a look-up finds it excused.
            fetch.land(stored=hidden and cache.excuse(self, fetch, now))
        if stored is None or not hidden:
            return None
        cache.stats.errors_hidden += 1
        return stored.respond(request, now)

    def status(self, fwd_status: int = 0, *, collapsed: bool = False) -> bytes:
        """The value of Cache-Status (RFC 9211), to be asked for when the response's head is ready.

        Args:
            fwd_status: the origin's status, where it is not the one that the client gets.
            collapsed: the request waited for another's fetch.
        """
        if self.state in SERVES and self.stored is not None:
            return cache_status.hit(self.stored.ttl(self.now), self.tier)
        fetch = self.fetch
        return cache_status.forwarded(
            self.state,
            reason="method" if self.asks & METHOD else self._miss() if self.state == "miss" else "",
            status=fwd_status,
            stored=fetch is not None and fetch.storing,
            collapsed=collapsed,
            detail=fetch.refusal if fetch is not None else "",
        )

    def _miss(self) -> str:
        if self.fetch is None or self._cache.memory.names(self.key) is None:
            return "uri-miss"
        return "vary-miss" if self._cache.memory.find(self.key, self.fetch.headers) is None else "request"

    def _fill(self, response: Response, told: Terms, fetch: Fetch, now: float) -> Filling:
        cache = self._cache
        fields = storable_fields(response.headers, now)
        times = times_of(response.headers, told, self.now, now)
        status = response.status
        fetch.storing = True
        cache.flights.hold(self.flight_key)

        def done(body: bytes | None) -> None:
            if body is None:
                cache.stats.abandoned += 1
                fetch.land(stored=False)
                return
            generation = cache.propose(fetch)
            cache.keep(
                self, Stored(status, fields, body, times, shared=told.shared, vary=told.vary, generation=generation), fetch
            )

        said = response.headers.get(b"content-length")
        length = None if said is None else delta_seconds(said) if said.isdigit() and len(said) <= 10 else -1
        return Filling(cache.room, length, done)

    def _confirmed(self, request: Request, response: Response, fetch: Fetch) -> Response:
        """A 304 to our own validators: the stored response under the fields that came with it (RFC 9111, section 4.3.4)."""
        cache, stored = self._cache, self.stored
        assert stored is not None  # noqa: S101 - no validators were given away otherwise
        now = cache.clock.wall()
        if not confirms(stored, response.headers):
            # The origin confirms something else than what was asked for: usable once, as it said, but not to be kept.
            self._refuse("no-lifetime", fetch)
            return stored.respond(request, now)
        headers = merged(stored, response.headers, now)
        told = terms(self.asks & ~HEAD, Response(stored.status, headers), cache.settings, now)
        cookies = [item for item in response.headers if item[0] == b"set-cookie"]
        if isinstance(told, str) or cookies:
            self._refuse(told if isinstance(told, str) else "set-cookie", fetch)
            answer = stored.changed(tuple(headers), stored.times).respond(request, now)
            for name, value in cookies:
                answer.headers.add(name, value)
            return answer
        fresh = stored.changed(tuple(headers), times_of(response.headers, told, self.now, now), told, cache.propose(fetch))
        cache.stats.refreshes += 1
        fetch.storing = True
        cache.keep(self, fresh, fetch)
        return fresh.respond(request, now)

    def _refuse(self, word: str, fetch: Fetch) -> None:
        fetch.refusal = word
        if word in LASTING:
            self._cache.flights.let_pass(self.flight_key)
            if self.stored is not None:
                self._cache.forget(self, fetch)
        fetch.land(stored=False)

    def _compare(self, response: Response) -> None:
        """Forget what a HEAD's answer shows to be outdated (RFC 9111, section 4.3.5)."""
        stored, headers = self.stored, response.headers
        if stored is None or self.fetch is None or response.status != 200:
            return
        tag, length = headers.get(b"etag"), headers.get(b"content-length")
        if (tag is not None and (stored.etag is None or opaque(tag) != opaque(stored.etag))) or (
            length is not None and length != b"%d" % len(stored.body)
        ):
            self._cache.forget(self, self.fetch)

    @property
    def flight_key(self) -> Key:
        """Who may wait for the same fetch: requests for one URL that all have credentials, or all have none."""
        return self.key, bool(self.asks & CREDENTIALS)

    def __repr__(self) -> str:
        return f"Lookup({self.state}, {self.tier or 'no tier'}, {self.stored!r})"
