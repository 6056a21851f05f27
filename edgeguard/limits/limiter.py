"""The one limiter that the gateway asks, whichever store counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edgeguard.limits.memory import MemoryLimiter
from edgeguard.limits.shared import SharedLimiter

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.clock import Clock
    from edgeguard.config.model import Limits
    from edgeguard.limits.decision import Decision
    from edgeguard.redislink import RedisLink


class Limiter(Protocol):
    """Holds each account, address and route to its rate."""

    def decide(
        self, account: str | None, address: str, route: str, policies: tuple[str, ...] | None = None
    ) -> Decision | Awaitable[Decision]:
        """Draw one request from each bucket that concerns it, or from none.

        Args:
            account: whose request it is, None for nobody's: then policies by account hold nothing.
            address: the client's, as text; IPv6 counts by network.
            route: name of the route that fits.
            policies: names of the policies that count; None: all that are not by route.

        Returns:
            The decision itself where it is known at once, else an awaitable that gives it within the link's time-out.

        Raises:
            KeyError: `policies` names one that the settings do not have.
        """
        ...


def make_limiter(settings: Limits, clock: Clock, link: RedisLink | None, key: bytes | None) -> Limiter:
    """The limiter that `settings.store` asks for.

    Args:
        settings: policies, and what to do without Redis.
        clock: measures the memory's buckets; Redis has its own.
        link: the connection to Redis, started or not; its owner closes it. Memory takes no notice of it.
        key: keeps accounts and addresses from being read in Redis. All edges need the same one to share buckets; so give None
            where it is not configured but random.

    Raises:
        ValueError: the store is Redis, but there is no link.
    """
    if settings.store == "memory":
        return MemoryLimiter(settings, clock)
    if link is None:
        raise ValueError("limits.store is redis, but there is no link to it")
    return SharedLimiter(settings, clock, link, key)
