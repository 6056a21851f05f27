"""What a limiter answers, and how a client is told: the fields of draft-ietf-httpapi-ratelimit-headers-11.

The `t` of a RateLimit item is the time until the next token: within it a client can use no more than the `r` tokens that are
left, which is what the draft defines, and it never reaches beyond Retry-After, as the draft asks. No `pk` is sent: it would tell
others which account a client has. A burst that differs from `q` is told as `edgeguard-burst`. Policies in shadow are not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from edgeguard.limits.policy import Quota, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.message import Field

Store = Literal["memory", "redis", "local"]
# One bucket that was asked: its rule, its quota, and the microseconds from now until it is full, this request included.
Draw = tuple[Rule, Quota, int]

UNAVAILABLE = "unavailable"


class Decision:
    """May a request pass?

    Attributes:
        allowed: False where it must be refused, with 429, or with 503 where `refused` is `unavailable`.
        refused: the policy that keeps the client waiting longest; `unavailable` where Redis is gone and the policy is to block.
        retry_after: seconds to wait after a refusal, rounded up, at least 1; 0 where allowed.
        shadowed: policies in shadow that would have refused.
        store: who counted; `local` is this edge alone, because Redis is gone.
    """

    __slots__ = ("_counted", "_draws", "allowed", "refused", "retry_after", "shadowed", "store")

    def __init__(self, draws: Sequence[Draw], store: Store) -> None:
        """Allow what `draws` drew."""
        self.allowed = True
        self.refused: str | None = None
        self.retry_after = 0
        self.shadowed: tuple[str, ...] = ()
        self.store = store
        self._draws = draws
        self._counted = True

    @classmethod
    def weighed(cls, draws: Sequence[Draw], store: Store) -> Decision:
        """The same where at least one bucket was too empty."""
        decision = cls(draws, store)
        lacking = [(lag - quota.span, rule) for rule, quota, lag in draws if lag > quota.span]
        decision.shadowed = tuple(rule.name for _, rule in lacking if rule.shadow)
        waits = [(wait, rule.name) for wait, rule in lacking if not rule.shadow]
        if waits:
            longest, decision.refused = max(waits, key=lambda item: item[0])
            decision.allowed = False
            decision.retry_after = -(-longest // 1_000_000)
        return decision

    @classmethod
    def uncounted(cls, rules: Sequence[Rule], retry_after: int) -> Decision:
        """What to answer where nobody can count: refuse for `retry_after` seconds, or allow where that is 0."""
        decision = cls([(rule, rule.quota, 0) for rule in rules], "local")
        decision._counted = False
        if retry_after:
            decision.allowed, decision.refused, decision.retry_after = False, UNAVAILABLE, retry_after
        return decision

    @property
    def fields(self) -> list[Field]:
        """Fields for the response: `ratelimit-policy`, `ratelimit`, and `retry-after` where refused; [] where no policy applies.

        Where nobody could count, there is no `ratelimit`. A refusal tells only empty buckets in it; the others gave nothing.
        """
        told = [draw for draw in self._draws if not draw[0].shadow]
        fields: list[Field] = []
        if told:
            fields.append((b"ratelimit-policy", b", ".join([quota.policy for _, quota, _ in told])))
            if self._counted:
                items = [_item(draw) for draw in told if self.allowed or draw[2] > draw[1].span]
                fields.append((b"ratelimit", b", ".join(items)))
        if not self.allowed:
            fields.append((b"retry-after", b"%d" % self.retry_after))
        return fields

    @property
    def outcomes(self) -> list[tuple[str, str, str]]:
        """(policy, `allow`, `shadow` or `refuse`, store) of each bucket that was asked, for the metrics."""
        if self.allowed and not self.shadowed:
            return [(rule.name, "allow", self.store) for rule, _, _ in self._draws]
        return [(rule.name, self._outcome(rule, quota, lag), self.store) for rule, quota, lag in self._draws]

    def _outcome(self, rule: Rule, quota: Quota, lag: int) -> str:
        if lag <= quota.span and self.refused != UNAVAILABLE:
            return "allow"
        return "shadow" if rule.shadow else "refuse"

    def __repr__(self) -> str:
        word = "allowed" if self.allowed else f"refused by {self.refused}, retry after {self.retry_after}"
        return f"Decision({word}, {self.store}{', shadowed ' + ','.join(self.shadowed) if self.shadowed else ''})"


def _item(draw: Draw) -> bytes:
    """One member of the RateLimit field."""
    rule, quota, lag = draw
    room = quota.span - lag
    if room < 0:
        return rule.item % (0, -(room // 1_000_000))
    left = room // quota.interval
    return rule.item % (left, -((room - (left + 1) * quota.interval) // 1_000_000))
