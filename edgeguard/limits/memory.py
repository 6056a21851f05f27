"""The limiter that counts in this process alone; also what stands in when Redis is gone. It does no I/O.

A draw is all or nothing: where one policy refuses, the others are not charged. Else a client that waits as it was told would
find that its refused attempts had emptied its other buckets, and an account that is over its rate could empty
the bucket of an address that it shares with others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.limits.decision import Decision, Draw, Store
from edgeguard.limits.place import Places
from edgeguard.limits.policy import LONGEST_KEY, Plans, bounded

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.config.model import Limits


class MemoryLimiter:
    """Buckets in this process.

    Args:
        store: what decisions tell as their store.
    """

    __slots__ = ("_monotonic", "_places", "_store", "plans")

    def __init__(self, settings: Limits, clock: Clock, store: Store = "memory") -> None:
        self.plans = Plans(settings)
        self._places = Places(settings.ipv6_prefix)
        self._monotonic = clock.monotonic
        self._store = store

    def decide(self, account: str | None, address: str, route: str, policies: tuple[str, ...] | None = None) -> Decision:
        """Draw one request from each bucket that concerns it, or from none.

        Raises:
            KeyError: `policies` names one that the settings do not have.
        """
        plan = self.plans.default if policies is None else self.plans.named(policies)
        if account is None:
            rules = plan.anonymous
        else:
            rules = plan.known
            if len(account) > LONGEST_KEY:
                account = bounded(account)
        place = address if ":" not in address and len(address) < 16 else self._places.name(address)
        names = (account or "", place, route)
        now = int(self._monotonic() * 1_000_000)
        draws: list[Draw] = []
        lacking = refused = False
        for rule in rules:
            key = names[rule.kind]
            quota = rule.accounts.get(key, rule.quota) if rule.accounts else rule.quota
            full_at = rule.state.get(key, 0)
            lag = (full_at - now if full_at > now else 0) + quota.interval
            draws.append((rule, quota, lag))
            if lag > quota.span:
                lacking = True
                refused = refused or not rule.shadow
        if not refused:
            for rule, quota, lag in draws:
                if lag <= quota.span:
                    key = names[rule.kind]
                    if key in rule.state:
                        rule.state[key] = now + lag
                    else:
                        rule.buckets.add(key, now + lag, now)
        return Decision.weighed(draws, self._store) if lacking else Decision(draws, self._store)
