"""The limiter whose buckets all edges share, in Redis.

**One round trip, several slots.** Keys of one account, address or route share a hash slot (`eg:l:{a<hash>}:policy`). They can't
all share one: an address's bucket must be the same for each account behind it. So each request makes one call of a script for
each slot, an account's, an address's, a route's, and all go out together. Within a slot a draw is all or nothing because a
script is; across slots, what was drawn where another slot refused is given back with the next batch. A refund can't admit too
much, for it returns what was drawn and not used; until it arrives, a bucket seems emptier by one, and if it is lost, it stays
so for one interval. The other way, to ask first and to draw then, would take two round trips and race.

**Without Redis** `on_redis_failure` decides, within the link's time-out, and at once while the link is down. `local`: each
process counts alone from what Redis last told it. In an outage of D seconds N processes then admit at most N x (burst + rate x D)
where one shared bucket would have admitted burst + rate x D; when Redis is back, its buckets have filled up, so one more burst
is possible. `pass` admits all, `block` refuses all.

Keys hold hashes, so whatever a client calls itself, a key has one length and no braces or line ends. Where the hashes are keyed
they can't be told back. Redis must not evict (`maxmemory-policy noeviction`): a bucket that is lost is a full one.
"""

from __future__ import annotations

from hashlib import blake2b
from math import ceil
from typing import TYPE_CHECKING, Any

from edgeguard.limits.decision import Decision, Draw
from edgeguard.limits.memory import MemoryLimiter
from edgeguard.limits.policy import ACCOUNT, ADDRESS, ROUTE, Quota, Rule
from edgeguard.limits.scripts import DRAW, REFUND
from edgeguard.redislink import RedisLink, Unavailable

if TYPE_CHECKING:
    import asyncio

    from edgeguard.clock import Clock
    from edgeguard.config.model import Limits
    from edgeguard.limits.buckets import Key
    from edgeguard.limits.memory import Names, Rules

_LETTERS = {ACCOUNT: "a", ADDRESS: "i", ROUTE: "r"}


class SharedLimiter:
    """Buckets in Redis; see the module.

    Args:
        settings: policies, and what to do without Redis.
        clock: for the buckets that stand in.
        link: the connection.
        key: of the hashes in keys, or None for plain hashes.
    """

    __slots__ = ("_draw", "_failure", "_groups", "_hash", "_link", "_local", "_refund", "_retry_after", "_starts")

    def __init__(self, settings: Limits, clock: Clock, link: RedisLink, key: bytes | None) -> None:
        self._local = MemoryLimiter(settings, clock, "local")
        self._link = link
        self._draw = link.script(DRAW)
        self._refund = link.script(REFUND)
        self._failure = settings.on_redis_failure
        self._retry_after = max(1, ceil(link.retry_seconds))
        self._hash = blake2b(key=blake2b(key).digest() if key else b"", digest_size=16, person=b"limits")
        self._starts = {kind: f"{link.prefix}:l:{{{letter}" for kind, letter in _LETTERS.items()}
        self._groups: dict[Rules, tuple[Rules, ...]] = {}  # as many as there are plans

    def decide(
        self, account: str | None, address: str, route: str, policies: tuple[str, ...] | None = None
    ) -> Decision | asyncio.Future[Decision]:
        """See `Limiter.decide`. The future gives a decision whatever happens to Redis."""
        rules, names = self._local.choose(account, address, route, policies)
        if not rules:
            return Decision((), "redis")
        if not self._link.up:
            return self._alone(rules, names)
        groups = self._groups.get(rules)
        if groups is None:
            groups = self._groups[rules] = _by_kind(rules)
        slots = [self._slot(group, names[group[0].kind]) for group in groups]

        def conclude(outcome: list[Any] | Unavailable) -> Decision:
            if isinstance(outcome, Unavailable) or not all(type(lags) is list for lags in outcome):
                return self._alone(rules, names)
            return self._together(slots, outcome)

        return self._draw.calls([(slot.keys, slot.args) for slot in slots], conclude)

    def _slot(self, rules: Rules, name: Key) -> _Slot:
        """The part of a request that one slot of Redis answers."""
        digest = self._hash.copy()
        digest.update(name.encode("utf-8", "surrogatepass") if type(name) is str else name)  # type: ignore[arg-type]  # is bytes
        return _Slot(rules, name, f"{self._starts[rules[0].kind]}{digest.hexdigest()}}}:")

    def _together(self, slots: list[_Slot], answers: list[list[int]]) -> Decision:
        """Redis counted: give back what was drawn in vain, and remember for worse times."""
        lacking = refused = False
        draws: list[Draw] = []
        for slot, lags in zip(slots, answers, strict=True):
            for rule, quota, lag in zip(slot.rules, slot.quotas, lags, strict=True):
                draws.append((rule, quota, lag))
                if lag > quota.span:
                    lacking = True
                    slot.refused = slot.refused or not rule.shadow
            refused = refused or slot.refused
        for slot, lags in zip(slots, answers, strict=True):
            if refused and not slot.refused:
                self._give_back(slot, lags)
            if self._failure == "local":
                for rule, quota, lag in zip(slot.rules, slot.quotas, lags, strict=True):
                    self._local.learn(rule, slot.name, lag - quota.interval if refused or lag > quota.span else lag)
        return Decision.weighed(draws, "redis") if lacking else Decision(draws, "redis")

    def _give_back(self, slot: _Slot, lags: list[int]) -> None:
        drawn = [(key, quota.interval) for key, quota, lag in zip(slot.keys, slot.quotas, lags, strict=True) if lag <= quota.span]
        if drawn:
            self._refund.call([key for key, _ in drawn], [interval for _, interval in drawn])

    def _alone(self, rules: Rules, names: Names) -> Decision:
        """Redis did not count."""
        if self._failure == "local":
            return self._local.draw(rules, names)
        return Decision.uncounted(rules, 0 if self._failure == "pass" else self._retry_after)


class _Slot:
    """What one call of the script asks.

    Attributes:
        name: whose buckets these are.
        refused: one of the answers was no.
    """

    __slots__ = ("args", "keys", "name", "quotas", "refused", "rules")

    def __init__(self, rules: Rules, name: Key, start: str) -> None:
        self.rules = rules
        self.name = name
        self.refused = False
        self.quotas: list[Quota] = [rule.accounts.get(name, rule.quota) if rule.accounts else rule.quota for rule in rules]
        self.keys = [start + rule.name for rule in rules]
        self.args: list[int] = []
        for rule, quota in zip(rules, self.quotas, strict=True):
            self.args += (quota.interval, quota.span, 1 if rule.shadow else 0)


def _by_kind(rules: Rules) -> tuple[Rules, ...]:
    groups: dict[int, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(rule.kind, []).append(rule)
    return tuple(tuple(group) for group in groups.values())
