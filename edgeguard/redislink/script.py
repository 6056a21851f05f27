"""A Lua script that Redis runs by its hash, and is shown whenever it does not know it."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, Any, TypeVar

from edgeguard.redislink.answer import Argument, Command, Unavailable, only

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from edgeguard.redislink.link import RedisLink

T = TypeVar("T")
Call = tuple["Sequence[Argument]", "Sequence[Argument]"]  # keys, which Cluster must find in one slot, and arguments


class Script:
    """A script.

    Args:
        link: to the Redis that runs it.
        text: in Lua.

    After a restart or SCRIPT FLUSH a call costs a second round trip: Redis answers NOSCRIPT, nothing ran, and the call is
    repeated once with the text, which Redis keeps.
    """

    __slots__ = ("_digest", "_link", "_text")

    def __init__(self, link: RedisLink, text: str) -> None:
        self._link = link
        self._text = text
        self._digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[Argument], args: Sequence[Argument]) -> asyncio.Future[Any]:
        """Run it once; the future gives the reply, or raises Unavailable."""
        return self.calls([(keys, args)], only)

    def calls(self, calls: Sequence[Call], conclude: Callable[[list[Any] | Unavailable], T]) -> asyncio.Future[T]:
        """Run it once for each of `calls` in one round trip; see `RedisLink.ask` for `conclude`."""
        digest, text = self._digest, self._text

        def again(index: int) -> Command:
            keys, args = calls[index]
            return ("EVAL", text, len(keys), *keys, *args)

        return self._link.ask([("EVALSHA", digest, len(keys), *keys, *args) for keys, args in calls], conclude, again)
