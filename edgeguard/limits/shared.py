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
they can't be told back. A bucket that Redis evicts is a full one. So where Redis holds buckets alone, let it not evict; where
it holds the cache as well, let it evict what was used least recently (`allkeys-lru`): buckets in use are not that.
"""

from __future__ import annotations

from hashlib import blake2b
from math import ceil
from typing import TYPE_CHECKING, Any

from edgeguard.limits.decision import Decision, Draw
from edgeguard.limits.memory import MemoryLimiter
from edgeguard.limits.policy import ACCOUNT, ADDRESS, ROUTE, Quota, Rule
from edgeguard.limits.scripts import DRAW, REFUND
from edgeguard.redislink import RedisLink, Script, Unavailable

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

    __slots__ = ("_draw", "_failure", "_groups", "_hash", "_link", "_local", "_refund", "_remembers", "_retry_after", "_start")

    def __init__(self, settings: Limits, clock: Clock, link: RedisLink, key: bytes | None) -> None:
        self._local = MemoryLimiter(settings, clock, "local")
        self._link = link
        self._draw = Script(link, DRAW)
        self._refund = Script(link, REFUND)
        self._failure = settings.on_redis_failure
        self._remembers = self._failure == "local"
        self._retry_after = max(1, ceil(link.retry_seconds))
        self._hash = blake2b(key=blake2b(key).digest() if key else b"", digest_size=16, person=b"limits")
        self._start = f"{link.prefix}:l:{{"
        self._groups: dict[Rules, tuple[_Group, ...]] = {}  # as many as there are plans

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
            groups = self._groups[rules] = _by_slot(rules, self._start)
        slots = [_Slot(group, names[group.kind], self._hash) for group in groups]

        def conclude(outcome: list[Any] | Unavailable) -> Decision:
            if isinstance(outcome, Unavailable) or not all(type(lags) is list for lags in outcome):
                return self._alone(rules, names)
            return self._together(slots, outcome)

        return self._draw.calls([(slot.keys, slot.args) for slot in slots], conclude)

    def _together(self, slots: list[_Slot], answers: list[list[int]]) -> Decision:
        """Redis counted: give back what was drawn in vain, and remember for worse times."""
        draws: list[Draw] = []
        refused = False
        for slot, lags in zip(slots, answers, strict=True):
            for rule, quota, lag in zip(slot.group.rules, slot.quotas, lags, strict=True):
                draws.append((rule, quota, lag))
                if lag > quota.span and not rule.shadow:
                    slot.refused = refused = True
        lacking = False
        for slot, lags in zip(slots, answers, strict=True):
            if refused and not slot.refused:
                self._give_back(slot, lags)
            for rule, quota, lag in zip(slot.group.rules, slot.quotas, lags, strict=True):
                drawn = lag <= quota.span
                lacking = lacking or not drawn
                if self._remembers:
                    self._local.learn(rule, slot.name, lag if drawn and not refused else lag - quota.interval)
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


class _Group:
    """Rules whose keys share a slot, with all that is the same for every request.

    Attributes:
        start, ends: of the keys; the hash stands between.
        quotas, args: for those who have no quota of their own.
        named: some accounts have one.
    """

    __slots__ = ("args", "ends", "kind", "named", "quotas", "rules", "start")

    def __init__(self, rules: Rules, start: str) -> None:
        self.rules = rules
        self.kind = rules[0].kind
        self.start = start + _LETTERS[self.kind]
        self.ends = [f"}}:{rule.name}" for rule in rules]
        self.quotas = [rule.quota for rule in rules]
        self.args = self.arguments(self.quotas)
        self.named = any(rule.accounts for rule in rules)

    def arguments(self, quotas: list[Quota]) -> list[int]:
        """What the script wants to know of each key."""
        return [
            figure
            for rule, quota in zip(self.rules, quotas, strict=True)
            for figure in (quota.interval, quota.span, rule.shadow + 0)
        ]


class _Slot:
    """What one call of the script asks.

    Attributes:
        name: whose buckets these are.
        refused: one of the answers was no.
    """

    __slots__ = ("args", "group", "keys", "name", "quotas", "refused")

    def __init__(self, group: _Group, name: Key, start: blake2b) -> None:
        self.group = group
        self.name = name
        self.refused = False
        self.quotas, self.args = group.quotas, group.args
        if group.named:
            self.quotas = [rule.accounts.get(name, rule.quota) for rule in group.rules]
            self.args = group.arguments(self.quotas)
        digest = start.copy()
        digest.update(name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass"))
        tag = group.start + digest.hexdigest()
        self.keys = [tag + end for end in group.ends]


def _by_slot(rules: Rules, start: str) -> tuple[_Group, ...]:
    groups: dict[int, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(rule.kind, []).append(rule)
    return tuple(_Group(tuple(group), start) for group in groups.values())
