"""What came of one request on one side, as plain values that are safe to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["pass", "shadow", "blocked", "refused"]


@dataclass(frozen=True, slots=True)
class Held:
    """A rule that held, safe to show.

    Attributes:
        blocks: whether it counts towards a block; False in shadow.
        tags: the rule's.
    """

    rule: str
    title: str = ""
    target: str = ""
    value: str = ""
    score: int = 0
    blocks: bool = True
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a request.

    Attributes:
        outcome: `shadow` where it would be blocked but for a mode; `refused` where the edge does not take it for a request.
        status: that a client gets; 0 where the origin answers.
        cost: of a GraphQL query; 0 where it is none.
    """

    outcome: Outcome = "pass"
    status: int = 0
    score: int = 0
    held: tuple[Held, ...] = ()
    cost: int = 0

    @property
    def stopped(self) -> bool:
        """Whether the origin does not get it."""
        return self.outcome in ("blocked", "refused")

    @property
    def rules(self) -> frozenset[str]:
        """Ids of rules that held."""
        return frozenset(held.rule for held in self.held)


PASS = Judgement()
