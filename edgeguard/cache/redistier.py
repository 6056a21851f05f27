"""The Redis tier: stored responses that all workers and machines share. Without Redis it is simply not there.

One hash per URL, under a digest of the URL: `g` is its generation, `v` the names that tell its variants apart, each other
field one variant. So a URL is invalidated in one step, and its variants can't outlive it or outnumber their bound.

A generation is random and begins with `S` when a store made it, with `P` when an invalidation did. A fetch that began
before an invalidation knows another generation, or none, and Redis refuses what it brings.

Every call may fail at any time. Then it counts as a failure, and the caller goes on as if nothing were stored.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from edgeguard.cache.codec import Garbled, decode, encode
from edgeguard.cache.vary import MOST_NAMES, parse_vary, variant

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable

    from edgeguard.cache.stats import Stats
    from edgeguard.cache.stored import Stored
    from edgeguard.config.model import Cache as Settings
    from edgeguard.message import Headers

_FLYING = 64  # stores on their way; more are left out, since the next miss stores again
_FLYING_BYTES = 1024 * 1024  # of them together: what a 1 Gbit/s line carries in 8 ms
OBJECT_MOST = 256 * 1024  # bytes of one entry. A larger one would take half of the time that Redis has for an answer
_OWED = 10_000  # invalidations kept for a Redis that is away; about 200 bytes each
_OWED_AT_ONCE = 64
_PURGE_SECONDS = 3600  # how long Redis remembers an invalidation: longer than any fetch takes

# KEYS: the URL. ARGV: generation that the fetch saw, or ""; a new one; names; variant; value; seconds; most variants.
# Answers the generation under which it is stored, or false where the URL was invalidated meanwhile.
_STORE = b"""
local held = redis.call('HGET', KEYS[1], 'g')
if not held then held = ARGV[2]
elseif ARGV[1] == '' then if string.sub(held, 1, 1) == 'P' then return false end
elseif ARGV[1] ~= held then return false end
if redis.call('HGET', KEYS[1], 'v') ~= ARGV[3]
  or (redis.call('HEXISTS', KEYS[1], ARGV[4]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[7]) + 2) then
  redis.call('UNLINK', KEYS[1])
end
local lives = redis.call('TTL', KEYS[1])
redis.call('HSET', KEYS[1], 'g', held, 'v', ARGV[3], ARGV[4], ARGV[5])
if lives < tonumber(ARGV[6]) then redis.call('EXPIRE', KEYS[1], ARGV[6]) end
return held
"""
# KEYS: the URL. ARGV: the new generation; seconds.
_PURGE = b"""
redis.call('UNLINK', KEYS[1])
redis.call('HSET', KEYS[1], 'g', ARGV[1], 'v', '')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""


class Link(Protocol):
    """What this tier needs of a connection to Redis."""

    @property
    def up(self) -> bool:
        """False while Redis is known to be away; then nothing is asked."""
        ...

    def call(self, *command: bytes | str | float) -> Future[Any]:
        """Send one command. The answer comes within milliseconds, or an exception does."""
        ...


class Found(NamedTuple):
    """What Redis knows of a URL.

    Attributes:
        stored: the variant asked for, if it is there.
        generation: the URL's, or b"" where Redis knows nothing of it.
        names: the fields that tell its variants apart.
    """

    stored: Stored | None
    generation: bytes
    names: tuple[bytes, ...]


_NOTHING = Found(None, b"", ())


class RedisTier:
    """Stored responses by URL, in Redis.

    Args:
        link: the connection.
        settings: the cache's section.
        prefix: what all keys begin with.
        stats: where failures and stores are counted.
    """

    __slots__ = ("_flying", "_flying_bytes", "_link", "_owed", "_prefix", "_settings", "_stats")

    def __init__(self, link: Link, settings: Settings, prefix: str, stats: Stats) -> None:
        self._link = link
        self._settings = settings
        self._prefix = prefix.encode() + b":c:{"
        self._stats = stats
        self._flying = 0
        self._flying_bytes = 0
        self._owed: OrderedDict[bytes, None] = OrderedDict()

    @property
    def up(self) -> bool:
        """Whether asking makes sense now."""
        return self._link.up

    def name(self, key: bytes) -> bytes:
        """The key in Redis for a URL's key; braces keep it in one slot of a cluster."""
        return self._prefix + blake2b(key, digest_size=20).hexdigest().encode() + b"}"

    async def find(self, key: bytes, headers: Headers) -> Found:
        """What Redis knows of `key` for a request with `headers`: one round trip, two where the URL has variants."""
        self._settle()
        if key in self._owed:
            return _NOTHING  # Redis has not heard yet that it is outdated
        name = self.name(key)
        try:
            generation, listed, value = await self._link.call("HMGET", name, b"g", b"v", _field((), headers))
            if type(generation) is not bytes or type(listed) is not bytes:
                return _NOTHING
            names = _names(listed)
            if names:
                value = await self._link.call("HGET", name, _field(names, headers))
            stored = decode(value, generation) if type(value) is bytes else None
        except Garbled:
            self._stats.redis_garbled += 1
            return _NOTHING
        except Exception:  # noqa: BLE001 - whatever a link raises means that the tier is not there for this call
            self._stats.redis_failures += 1
            return _NOTHING
        return Found(stored, generation, names)

    def put(
        self,
        key: bytes,
        names: tuple[bytes, ...],
        headers: Headers,
        stored: Stored,
        seen: bytes,
        now: float,
        held: Callable[[bytes | None], None],
    ) -> bool:
        """Send an entry off without waiting; False where it is not sent at all.

        Args:
            key: the URL's.
            names: what tells its variants apart.
            headers: the request's.
            stored: the entry; `generation` is what it is stored under where the URL has none yet.
            seen: the generation that the fetch saw, b"" for none.
            now: seconds since the epoch.
            held: called with the generation under which Redis took it, or None where Redis refused it, because the URL was
                invalidated while it was fetched. Not called where Redis fails.
        """
        self._settle()
        seconds = int(min(stored.ends() - now, self._settings.redis_seconds))
        if seconds < 1 or len(names) > MOST_NAMES or key in self._owed or not self._link.up:
            return False
        if self._flying >= _FLYING or self._flying_bytes + stored.size > _FLYING_BYTES or stored.size > OBJECT_MOST:
            self._stats.redis_skipped += 1
            return False
        try:
            value = encode(stored)
        except ValueError:
            self._stats.redis_skipped += 1
            return False
        command = (
            "EVAL",
            _STORE,
            1,
            self.name(key),
            seen,
            stored.generation,
            b",".join(names),
            _field(names, headers),
            value,
            seconds,
            self._settings.variants,
        )
        self._flying += 1
        self._flying_bytes += len(value)
        self._send(command, lambda answer: self._landed(len(value), answer, held))
        return True

    def _landed(self, size: int, answer: object, held: Callable[[bytes | None], None]) -> None:
        self._flying -= 1
        self._flying_bytes -= size
        if type(answer) is bytes:
            self._stats.redis_stores += 1
            held(answer)
        elif answer is None:
            self._stats.redis_refused += 1
            held(None)

    def check(self, key: bytes, generation: bytes, outdated: Callable[[], None]) -> None:
        """Ask, without waiting, whether `generation` still is the URL's; `outdated` is called where it is not."""
        self._settle()

        def told(answer: object) -> None:
            # An entry of unknown generation was stored while Redis was away; only an invalidation tells of it.
            known = answer != generation if generation else type(answer) is bytes and answer[:1] == b"P"
            if known and not isinstance(answer, BaseException):
                self._stats.redis_refused += 1
                outdated()

        if self._link.up:
            self._send(("HGET", self.name(key), b"g"), told)

    def purge(self, key: bytes) -> None:
        """Invalidate a URL for all, without waiting; it is owed until Redis has taken it."""
        if not self._link.up:
            self._owe(key)
            return
        command = ("EVAL", _PURGE, 1, self.name(key), b"P" + token_bytes(8), _PURGE_SECONDS)
        self._send(command, lambda answer: self._owe(key) if isinstance(answer, BaseException) else None)

    def _owe(self, key: bytes) -> None:
        self._stats.purges_owed += 1
        self._owed[key] = None
        if len(self._owed) > _OWED:
            self._owed.popitem(last=False)
            self._stats.purges_lost += 1

    def _settle(self) -> None:
        """Send what is owed, once Redis is back."""
        if self._owed and self._link.up:
            for _ in range(min(_OWED_AT_ONCE, len(self._owed))):
                self.purge(self._owed.popitem(last=False)[0])

    def _send(self, command: tuple[bytes | str | int, ...], then: Callable[[object], None]) -> None:
        """Call, and hand the answer, or the exception, to `then` when it comes."""

        def answered(future: Future[Any]) -> None:
            error = ConnectionError("cancelled") if future.cancelled() else future.exception()
            if error is not None:
                self._stats.redis_failures += 1
            then(error or future.result())

        try:
            future = self._link.call(*command)
        except Exception as error:  # noqa: BLE001 - see `find`
            self._stats.redis_failures += 1
            then(error)
            return
        future.add_done_callback(answered)

    def __repr__(self) -> str:
        return f"RedisTier({'up' if self.up else 'down'}, {self._flying} flying, {len(self._owed)} owed)"


def proposal() -> bytes:
    """A new generation for a URL that has none."""
    return b"S" + token_bytes(8)


def _names(listed: bytes) -> tuple[bytes, ...]:
    names = parse_vary(listed) if listed else ()
    if names is None:
        raise Garbled("no list of field names")
    return names


def _field(names: tuple[bytes, ...], headers: Headers) -> bytes:
    return blake2b(b",".join(names) + b"\n" + variant(names, headers), digest_size=16).digest()
