"""A stored response: immutable, and ready to be sent many times without a copy of its body.

How it is built from an origin's response, how a 304 makes a new one of it, and how it answers a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edgeguard.cache.conditional import matches, opaque
from edgeguard.cache.dates import format_date, parse_date
from edgeguard.cache.policy import date_of, initial_age
from edgeguard.message import Body, Headers, Response

if TYPE_CHECKING:
    from edgeguard.cache.policy import Terms
    from edgeguard.message import Field, Request

# Fields of one connection (RFC 9110, section 7.6.1; RFC 9111, section 3.1), and those that are made anew when serving.
_NOT_STORED = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"set-cookie",
        b"content-length",
        b"age",
    )
)
# They describe the body that is stored; a 304 has none, and must not relabel it (RFC 9111, section 3.2).
_OF_THE_BODY = frozenset((b"content-encoding", b"content-language", b"content-range", b"content-type"))
_ENTRY_BYTES = 1400  # what an entry without fields and body takes in memory, its places in all lists included
_FIELD_BYTES = 190  # two bytes objects, a tuple, and places in two lists


class Times(NamedTuple):
    """Seconds since the epoch, by the wall clock, since machines share them.

    Attributes:
        born: when the origin made it, as far as can be told; its age counts from here.
        fresh_until: until then it is served as it is.
        refresh_until: until then it may be served while a fetch refreshes it.
        error_until: until then it may stand in for a failing origin.
    """

    born: float
    fresh_until: float
    refresh_until: float
    error_until: float


class Stored:
    """One response as it will be served.

    Attributes:
        status: the origin's.
        fields: end-to-end fields without Age and Content-Length, which are made when it is served.
        body: complete, and shared by all who are served.
        times: see `Times`; `fresh_until` is there once more, for speed.
        shared: whether requests with credentials may have it.
        vary: the request fields that its response named in Vary.
        generation: under which generation Redis holds it; b"" where that is unknown.
        etag: its entity tag, or None.
        size: bytes that it counts for in memory.
    """

    __slots__ = (
        "_born",
        "_head",
        "_modified",
        "_unmodified",
        "body",
        "etag",
        "fields",
        "fresh_until",
        "generation",
        "last_modified",
        "shared",
        "size",
        "status",
        "times",
        "vary",
    )

    def __init__(
        self,
        status: int,
        fields: tuple[Field, ...],
        body: bytes,
        times: Times,
        *,
        shared: bool,
        vary: tuple[bytes, ...],
        generation: bytes = b"",
    ) -> None:
        headers = Headers(fields)
        self.status = status
        self.fields = fields
        self.body = body
        self.times = times
        self._born = times.born
        self.fresh_until = times.fresh_until
        self.shared = shared
        self.vary = vary
        self.generation = generation
        self.etag = headers.get(b"etag")
        self.last_modified = headers.get(b"last-modified")
        modified = parse_date(self.last_modified, times.born) if self.last_modified is not None else None
        self._modified = date_of(headers, times.born) if modified is None else modified
        self._head = [*fields] if status == 204 else [*fields, (b"content-length", b"%d" % len(body))]
        self._unmodified = [item for item in fields if item[0] not in _OF_THE_BODY]
        names = sum([len(name) + len(value) for name, value in fields])
        self.size = _ENTRY_BYTES + len(body) + names + _FIELD_BYTES * len(fields)

    def respond(self, request: Request, now: float) -> Response:
        """A response of its own for `request`: whole, 304 where the client's copy is current, without body for HEAD."""
        age = now - self._born
        age_field = (b"age", b"%d" % age if age > 0 else b"0")
        if self.status == 200 and self._is_current(request.headers, now):
            fields = self._unmodified.copy()
            fields.append(age_field)
            return Response(304, Headers(fields), Body(b""))
        fields = self._head.copy()
        fields.append(age_field)
        return Response(self.status, Headers(fields), Body(b"" if request.method == b"HEAD" else self.body))

    def _is_current(self, headers: Headers, now: float) -> bool:
        tags = headers.get(b"if-none-match")
        if tags is not None:
            return matches(tags, self.etag)
        since = headers.get(b"if-modified-since")
        if since is None:
            return False
        date = parse_date(since, now)
        return date is not None and self._modified <= date

    def conditions(self) -> list[Field]:
        """The fields that ask the origin whether this is still current; empty where it gave no validator."""
        fields: list[Field] = []
        if self.etag is not None:
            fields.append((b"if-none-match", self.etag))
        if self.last_modified is not None:
            fields.append((b"if-modified-since", self.last_modified))
        return fields

    @property
    def validates(self) -> bool:
        """Whether the origin can be asked if it is still current."""
        return self.etag is not None or self.last_modified is not None

    def ttl(self, now: float) -> int:
        """Seconds of freshness left; below zero where it is stale."""
        return int(max(self.times.fresh_until, self.times.born) - now)

    def ends(self) -> float:
        """When it can't be served any more without being validated; seconds since the epoch."""
        return max(self.times[1:])

    def changed(self, fields: tuple[Field, ...], times: Times, terms: Terms | None = None, generation: bytes = b"") -> Stored:
        """The same body under new fields and times; under its old terms where there are no new ones."""
        shared, vary = (self.shared, self.vary) if terms is None else (terms.shared, terms.vary)
        return Stored(self.status, fields, self.body, times, shared=shared, vary=vary, generation=generation)

    def under(self, generation: bytes) -> Stored:
        """The same, known to Redis under `generation`."""
        return Stored(self.status, self.fields, self.body, self.times, shared=self.shared, vary=self.vary, generation=generation)

    def __repr__(self) -> str:
        return f"Stored({self.status}, {len(self.body)} bytes, fresh until {self.times.fresh_until:.0f})"


def storable_fields(headers: Headers, now: float) -> tuple[Field, ...]:
    """The end-to-end fields of a response, with a Date where the origin sent none (RFC 9110, section 6.6.1)."""
    dropped = _NOT_STORED
    connection = headers.get(b"connection")
    if connection is not None:
        dropped = dropped | {name.strip(b" \t").lower() for name in connection.split(b",")}
    fields = [item for item in headers if item[0] not in dropped]
    if b"date" not in headers:
        fields.append((b"date", format_date(now)))
    return tuple(fields)


def times_of(headers: Headers, terms: Terms, asked_at: float, now: float) -> Times:
    """When a response that came in at `now` ends each of its windows."""
    born = now - initial_age(headers, asked_at, now)
    # A window that was not granted ends at the epoch: then not even a clock that is set back opens it.
    fresh_until = born + terms.fresh if terms.fresh > 0 else 0.0
    stale_from = max(born, fresh_until)
    refresh_until = stale_from + terms.revalidate if terms.revalidate > 0 else 0.0
    error_until = stale_from + terms.error if terms.error > 0 else 0.0
    return Times(born, fresh_until, refresh_until, error_until)


def merged(stored: Stored, update: Headers, now: float) -> Headers:
    """The stored fields as a 304 changes them (RFC 9111, section 3.2)."""
    new = [item for item in storable_fields(update, now) if item[0] not in _OF_THE_BODY]
    names = {name for name, _ in new}
    return Headers([item for item in stored.fields if item[0] not in names] + new)


def confirms(stored: Stored, update: Headers) -> bool:
    """Whether a 304 speaks of the stored response: its entity tag, where it has one, is the same."""
    tag = update.get(b"etag")
    return tag is None or stored.etag is None or opaque(tag) == opaque(stored.etag)
