"""What may be answered from a cache, what may be stored, and for how long: RFC 9111 as tables and pure functions.

Where the RFC leaves a choice, the safe one is made:

- What a client's Cache-Control asks is advisory (RFC 9111, section 5.2.1). `no-cache`, `max-age`, `min-fresh`, `max-stale`
  and Pragma are ignored: the edge works for the origin, and a client must not be able to send every request through to
  it. `no-store` keeps the response to that request out of the cache; `only-if-cached` gets 504 where nothing fits.
- A request with credentials (Authorization, Cookie, an API key's field, or an account that the edge found elsewhere)
  neither fills the cache nor is answered from it, unless the response says `public`, `s-maxage` or `must-revalidate`
  (section 3.5, which speaks of Authorization alone; sessions in cookies leak in the same way).
- Responses with Set-Cookie are never stored, whatever else they say.
- Statuses that an odd request can provoke (400, 405, 414, 431, 5xx ...) are never stored: one client would break the page
  for all.
- `s-maxage` forbids stale answers by the edge's own settings (section 5.2.2.10), but not those that the same response asks
  for with `stale-while-revalidate` or `stale-if-error`: that pair is how sites ask a CDN for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from edgeguard.cache.control import CacheControl, delta_seconds, parse_cache_control
from edgeguard.cache.dates import parse_date
from edgeguard.cache.vary import parse_vary

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.config.model import Cache as Settings
    from edgeguard.message import Headers, Request, Response

# What a request asks of the cache; several may hold.
METHOD = 1  # neither GET nor HEAD: nothing is stored and nothing answered
BYPASS = 2  # the answer would not be the stored one
CREDENTIALS = 4  # the answer may be one person's
NO_STORE = 8
ONLY_IF_CACHED = 16
HEAD = 32  # answered like GET, but its answer has nothing to store

_ASKS = {
    b"range": BYPASS,  # partial answers are left to the origin
    b"if-match": BYPASS,  # only the origin may evaluate these (RFC 9111, section 4.3.2)
    b"if-unmodified-since": BYPASS,
    b"upgrade": BYPASS,
    # Each makes some frameworks answer for another method or another URL than the one in the key.
    b"x-http-method-override": BYPASS,
    b"x-http-method": BYPASS,
    b"x-method-override": BYPASS,
    b"x-original-url": BYPASS,
    b"x-rewrite-url": BYPASS,
    b"authorization": CREDENTIALS,
    b"proxy-authorization": CREDENTIALS,
    b"cookie": CREDENTIALS,
}
# Each product has its own field for credentials (X-Api-Key, X-Directus-Token, Apikey ...), but all are called like one.
_LIKE_CREDENTIALS = (b"token", b"auth", b"api-key", b"apikey", b"api_key", b"session", b"secret", b"credential", b"password")
_BY_VALUE = -1  # what the field asks stands in its value
_NAMES_MOST = 1024  # names whose flags are remembered; clients make up names


class _Flags(dict[bytes, int]):
    """What a request's field asks by its name alone."""

    def __missing__(self, name: bytes) -> int:
        flags = CREDENTIALS if any(part in name for part in _LIKE_CREDENTIALS) else 0
        if len(self) < _NAMES_MOST and len(name) <= 64:
            self[name] = flags
        return flags


_flags = _Flags({**_ASKS, b"cache-control": _BY_VALUE, b"connection": _BY_VALUE})
# Options of Connection that name nothing the origin would get. Any other is a field that goes no further: the origin then
# answers a request that differs from the one by whose fields the answer would be kept.
_HARMLESS = frozenset((b"", b"keep-alive", b"close", b"te", b"trailer", b"upgrade", b"http2-settings"))

# Storable final statuses: True where a lifetime may be guessed (RFC 9110, section 15.1), if the settings guess at all.
STATUSES = {
    200: True,
    203: True,
    204: True,
    300: True,
    301: True,
    302: False,
    303: False,
    307: False,
    308: True,
    404: True,
    410: True,
    451: False,
}
ORIGIN_ERRORS = frozenset((500, 502, 503, 504))  # what stale-if-error speaks of (RFC 5861, section 4)


class Terms(NamedTuple):
    """How a response may be kept.

    Attributes:
        fresh: seconds from its generation during which it is fresh; 0 where it must be validated each time.
        revalidate: seconds after that in which it may be served while a fetch refreshes it.
        error: seconds after that in which it may stand in for a failing origin.
        shared: whether requests with credentials may have it.
        vary: request fields that chose it.
    """

    fresh: float
    revalidate: float
    error: float
    shared: bool
    vary: tuple[bytes, ...]


@dataclass(slots=True)
class _Case:
    asks: int
    status: int
    headers: Headers
    control: CacheControl
    vary: tuple[bytes, ...] | None
    explicit: float | None
    settings: Settings

    @property
    def shared(self) -> bool:
        control = self.control
        return control.public or control.must_revalidate or control.s_maxage is not None

    @property
    def validator(self) -> bool:
        return b"etag" in self.headers or b"last-modified" in self.headers

    @property
    def guess(self) -> bool:
        guessable = STATUSES[self.status] and self.settings.default_seconds > 0
        return guessable and (self.control.public or not self.asks & CREDENTIALS)

    @property
    def permitted(self) -> bool:
        control = self.control
        return self.explicit is not None or control.public or control.no_cache or self.guess


_NOTHING_TO_STORE = METHOD | BYPASS | NO_STORE | HEAD
# Why a response is not stored: the first that holds. The word is told in Cache-Status.
_REFUSALS: tuple[tuple[str, Callable[[_Case], bool]], ...] = (
    ("request", lambda case: bool(case.asks & _NOTHING_TO_STORE)),
    ("status", lambda case: case.status not in STATUSES),
    ("no-store", lambda case: case.control.no_store),
    ("private", lambda case: case.control.private),
    ("set-cookie", lambda case: b"set-cookie" in case.headers),
    ("vary", lambda case: case.vary is None),
    ("partial", lambda case: b"content-range" in case.headers),
    ("credentials", lambda case: bool(case.asks & CREDENTIALS) and not case.shared),
    ("no-lifetime", lambda case: not case.permitted),
    ("malformed", lambda case: _splits(case.headers)),
)
# Refusals that tell of the URL, not of one odd request: worth remembering, so that nobody waits for such an answer.
LASTING = frozenset(("no-store", "private", "set-cookie", "vary", "credentials", "no-lifetime"))


def asks(request: Request) -> int:
    """What a request asks of the cache, as flags."""
    method = request.method
    if method not in (b"GET", b"HEAD"):
        return METHOD
    if request.body.length != 0 or not request.authority:
        return BYPASS  # a body is not in the key, yet some origins answer by it
    flags = HEAD if method == b"HEAD" else 0
    for name, value in request.headers.fields:
        asked = _flags[name]
        if asked:
            flags |= asked if asked > 0 else _connection(value) if name == b"connection" else _cache_control(value)
    return flags


def _connection(value: bytes) -> int:
    return 0 if _HARMLESS.issuperset([option.strip(b" \t") for option in value.lower().split(b",")]) else BYPASS


def _cache_control(value: bytes) -> int:
    value = value.lower()
    return (NO_STORE if b"no-store" in value else 0) | (ONLY_IF_CACHED if b"only-if-cached" in value else 0)


def terms(asked: int, response: Response, settings: Settings, now: float) -> Terms | str:
    """How `response` may be kept, or the word that says why not.

    Args:
        asked: the request's flags.
        response: as the origin sent it.
        settings: the cache's section.
        now: seconds since the epoch.
    """
    headers = response.headers
    control = parse_cache_control(headers.get(b"cache-control"))
    if control.no_store and response.status in STATUSES and not asked & _NOTHING_TO_STORE:
        return "no-store"  # what the table would say; most answers of an API that are not stored are such
    explicit = explicit_lifetime(control, headers, now)
    case = _Case(asked, response.status, headers, control, parse_vary(headers.get(b"vary")), explicit, settings)
    for word, holds in _REFUSALS:
        if holds(case):
            return word
    fresh, revalidate, error = _windows(case)
    if fresh <= 0 and revalidate <= 0 and error <= 0 and not case.validator:
        return "no-lifetime"
    return Terms(fresh, revalidate, error, case.shared, case.vary or ())


def _windows(case: _Case) -> tuple[float, float, float]:
    control, settings = case.control, case.settings
    if control.no_cache:
        return 0.0, 0.0, 0.0
    lifetime = case.explicit
    if lifetime is None:
        lifetime = settings.default_seconds if case.guess else 0.0
    fresh = min(lifetime, settings.most_seconds)
    if control.must_revalidate or control.proxy_revalidate:
        return fresh, 0.0, 0.0
    own = control.s_maxage is None
    revalidate = _window(control.stale_while_revalidate, settings.stale_while_revalidate if own else 0.0)
    error = _window(control.stale_if_error, settings.stale_if_error if own else 0.0)
    return fresh, min(revalidate, settings.most_seconds), min(error, settings.most_seconds)


def _window(said: int | None, configured: float) -> float:
    return configured if said is None else float(said)


def explicit_lifetime(control: CacheControl, headers: Headers, now: float) -> float | None:
    """The lifetime that the origin gave, for a shared cache (RFC 9111, section 4.2.1); None where it gave none."""
    if control.s_maxage is not None:
        return float(control.s_maxage)
    if control.max_age is not None:
        return float(control.max_age)
    expires = headers.get(b"expires")
    if expires is None:
        return None
    end = parse_date(expires, now)
    if end is None:
        return 0.0  # `Expires: 0` and its like mean that it is over (RFC 9111, section 5.3)
    return max(0.0, end - date_of(headers, now))


def date_of(headers: Headers, now: float) -> float:
    """When the response was made, by its Date; `now` where it does not tell."""
    said = headers.get(b"date")
    date = parse_date(said, now) if said is not None else None
    return now if date is None else date


def initial_age(headers: Headers, asked_at: float, now: float) -> float:
    """How old a response was when it came in, in seconds (RFC 9111, section 4.2.3).

    Args:
        headers: the response's.
        asked_at: seconds since the epoch when the request was sent, or earlier.
        now: seconds since the epoch when the response came.
    """
    said = headers.get(b"age")
    age = delta_seconds(said.split(b",", 1)[0].strip(b" \t")) if said is not None else 0
    delay = max(0.0, now - asked_at)
    return max(0.0, now - date_of(headers, now), age + delay)


def _splits(headers: Headers) -> bool:
    """Whether a field would end early when it is sent again."""
    return any(not name or b"\r" in item or b"\n" in item or b"\0" in item for name, value in headers for item in (name, value))
