"""Policies compiled for the request path: a `Quota` is a bucket's arithmetic, a `Rule` says whose bucket it is.

A bucket's whole state is one number, the moment at which it will be full again (the generic cell rate algorithm, ITU-T I.371,
which admits exactly what a token bucket admits). A bucket that is full needs no state, so absence means full, and nothing has to
be refilled. Times are whole microseconds, so that memory and Redis reckon alike; the gap between two tokens is rounded
up, so a rate is never exceeded, and one of 10,000 a second is kept to within one in a hundred. What keeps the states is not here.
"""

from __future__ import annotations

from hashlib import blake2b
from math import ceil
from typing import TYPE_CHECKING

from edgeguard.limits.buckets import Buckets, Key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.config.model import Limits, Policy

ACCOUNT, ADDRESS, ROUTE = range(3)
_KINDS = {"account": ACCOUNT, "address": ADDRESS, "route": ROUTE}

# Characters of a name used as a key as it is; a longer one is hashed, so that no client decides how much memory a key takes.
LONGEST_KEY = 64
# Structured fields hold integers of up to fifteen digits (RFC 9651, section 3.3.1). As microseconds these are 31 years, so that
# a moment that far ahead of now is still exact in Redis, whose scripts reckon in doubles.
_LARGEST = 999_999_999_999_999


def bounded(name: str) -> str:
    """`name`, or 32 hex digits in place of a long one."""
    return name if len(name) <= LONGEST_KEY else blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Quota:
    """A bucket's size and speed.

    Attributes:
        interval: microseconds until one token has grown, at least 1.
        span: microseconds until an empty bucket is full.
        policy: this quota's member of the RateLimit-Policy field.
    """

    __slots__ = ("interval", "policy", "span")

    def __init__(self, name: str, requests: int, seconds: float, burst: int) -> None:
        self.interval = min(max(1, ceil(seconds * 1_000_000 / requests)), _LARGEST)
        self.span = self.interval * min(burst, _LARGEST // self.interval)
        # The field knows whole seconds only: 5 in half a second is told as 10 in one.
        window = max(1, ceil(seconds))
        size = max(1, int(requests * window / seconds))
        extra = f";edgeguard-burst={min(burst, _LARGEST)}" if burst != size else ""
        self.policy = f'"{name}";q={min(size, _LARGEST)};w={min(window, _LARGEST)}{extra}'.encode()

    def __repr__(self) -> str:
        return f"Quota({self.policy.decode()})"


class Rule:
    """One policy at work.

    Attributes:
        kind: ACCOUNT, ADDRESS or ROUTE: whose bucket it is.
        accounts: quotas of named accounts, instead of `quota`; empty unless `kind` is ACCOUNT.
        state: the state of this policy's buckets, kept in memory.
        item: format of this policy's member of the RateLimit field: tokens left, seconds.
        buckets: where new names are added to `state`.
    """

    __slots__ = ("accounts", "buckets", "item", "kind", "name", "quota", "shadow", "state")

    def __init__(self, policy: Policy, room: int) -> None:
        def quota(requests: int) -> Quota:
            # A named account's burst is in the same proportion to its rate as everybody's.
            burst = requests if policy.burst is None else max(1, policy.burst * requests // policy.requests)
            return Quota(policy.name, requests, policy.seconds, burst)

        self.name = policy.name
        self.kind = _KINDS[policy.key]
        self.shadow = policy.shadow
        self.quota = quota(policy.requests)
        named = policy.accounts if self.kind == ACCOUNT else {}
        self.accounts: dict[Key, Quota] = {bounded(name): quota(requests) for name, requests in named.items()}
        self.buckets = Buckets(room)
        self.state = self.buckets.state
        self.item = f'"{policy.name}";r=%d;t=%d'.encode()

    def __repr__(self) -> str:
        return f"Rule({self.quota!r}{' shadow' if self.shadow else ''})"


class Plan:
    """The rules that one kind of request draws from.

    Attributes:
        known: rules for a request with an account.
        anonymous: those for a request without one.
    """

    __slots__ = ("anonymous", "known")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.known = tuple(rules)
        self.anonymous = tuple(rule for rule in self.known if rule.kind != ACCOUNT)


class Plans:
    """A plan for each set of policies that a route may name.

    Args:
        settings: each policy gets an equal share of `buckets`, so that a flood of addresses can't push out accounts.
    """

    __slots__ = ("_made", "_rules", "default")

    def __init__(self, settings: Limits) -> None:
        room = max(1, settings.buckets // max(1, len(settings.policies)))
        self._rules = {policy.name: Rule(policy, room) for policy in settings.policies}
        self.default = Plan(rule for rule in self._rules.values() if rule.kind != ROUTE)
        self._made: dict[tuple[str, ...], Plan] = {}

    def named(self, names: tuple[str, ...]) -> Plan:
        """The plan for `names`, in their order. There are as many as the configuration has routes.

        Raises:
            KeyError: no policy has that name.
        """
        plan = self._made.get(names)
        if plan is None:
            plan = self._made[names] = Plan(self._rules[name] for name in dict.fromkeys(names))
        return plan
