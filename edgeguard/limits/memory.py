"""The limiter that counts in this process alone; also what stands in when Redis is gone. It does no I/O.

A draw is all or nothing: where one policy refuses, the others are not charged. Else a client that waits as it was told would
find that its refused attempts had emptied its other buckets, and an account that is over its rate could empty
the bucket of an address that it shares with others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.limits.decision import Decision, Draw, Store
from edgeguard.limits.place import Places
from edgeguard.limits.policy import LONGEST_KEY, Plans, Rule, bounded

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.config.model import Limits
    from edgeguard.limits.buckets import Key

Rules = tuple[Rule, ...]
Names = tuple["Key", "Key", "Key"]  # by kind: account ("" for nobody's), place, route


class MemoryLimiter:
    """Buckets in this process.

    Args:
        settings: policies, and the room for buckets.
        clock: its monotonic reading counts.
        store: what decisions tell as their store.
    """

    __slots__ = ("_monotonic", "_places", "_plans", "_store")

    def __init__(self, settings: Limits, clock: Clock, store: Store = "memory") -> None:
        self._plans = Plans(settings)
        self._places = Places(settings.ipv6_prefix)
        self._monotonic = clock.monotonic
        self._store = store

    def decide(self, account: str | None, address: str, route: str, policies: tuple[str, ...] | None = None) -> Decision:
        """See `Limiter.decide`."""
        return self.draw(*self.choose(account, address, route, policies))

    def choose(self, account: str | None, address: str, route: str, policies: tuple[str, ...] | None) -> tuple[Rules, Names]:
        """Which rules hold a request, and whose buckets they look at.

        Raises:
            KeyError: `policies` names one that the settings do not have.
        """
        plan = self._plans.default if policies is None else self._plans.named(policies)
        place = address if ":" not in address and len(address) < 16 else self._places.name(address)
        if account is None:
            return plan.anonymous, ("", place, route)
        return plan.known, (account if len(account) <= LONGEST_KEY else bounded(account), place, route)

    def draw(self, rules: Rules, names: Names) -> Decision:
        """Draw one request from each bucket, or from none."""
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

    def learn(self, rule: Rule, key: Key, lag: int) -> None:
        """Take over what another store knows: that a bucket will be full in `lag` microseconds."""
        now = int(self._monotonic() * 1_000_000)
        if key in rule.state:
            rule.state[key] = now + lag
        elif lag > 0:
            rule.buckets.add(key, now + lag, now)
