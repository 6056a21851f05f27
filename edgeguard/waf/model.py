"""The one rule model: what both a reader of rules makes, and what the compiler takes; and the verdicts that come out.

All values are immutable. Nothing here knows a file format, a database of patterns or a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from edgeguard.waf.condition import Node
    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.phase import Phase
    from edgeguard.waf.targets.sources import Source
    from edgeguard.waf.transformations.registry import Transformation

Mode = Literal["enforce", "shadow", "off"]
Status = Literal["test", "shadow", "enforce", "retired"]
Severity = Literal["info", "low", "medium", "high", "critical"]

SCORES: dict[Severity, int] = {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 0}


@dataclass(frozen=True, slots=True)
class Target:
    """Which values a term looks at.

    Attributes:
        name: as rules write it, such as `http.request.headers:referer`.
        sources: where the values come from.
        key: only values of this name, compared in lower case; None takes all.
        without: names that are left out, in lower case; only headers are filtered by it.
    """

    name: str
    sources: tuple[Source, ...]
    key: bytes | None = None
    without: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One question: does a value of `target`, after `pipeline`, satisfy `operator`? Terms are told apart by identity."""

    target: Target
    pipeline: tuple[Transformation, ...]
    operator: Operator

    @property
    def form(self) -> str:
        """The pipeline in words; empty for the value as it is."""
        return "|".join(step.name for step in self.pipeline)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """A named part of a rule: holds where all terms of one of `alternatives` hold."""

    name: str
    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for terms in self.alternatives for term in terms)


@dataclass(frozen=True, slots=True)
class Action:
    """What a match does: `status` blocks at once with that HTTP status; None adds `score` to the request's score."""

    score: int
    status: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule, from whatever language it was read.

    Attributes:
        phase: decided in this phase only, over all seen so far; None decides as soon as the condition holds.
        source: `file:line`, for people.
        canonical: the rule as it was read, in one spelling, for digests.
    """

    id: str
    title: str
    status: Status
    severity: Severity
    tags: tuple[str, ...]
    phase: Phase | None
    selections: tuple[Selection, ...]
    condition: Node
    action: Action
    source: str = ""
    canonical: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for selection in self.selections for term in selection.terms)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that held for a transaction.

    Attributes:
        target: where it was seen, with the value's name: `http.request.query.values:id`.
        form: the transformations that made the value look so; empty for none.
        value: the part that matched, cut to 64 bytes and masked; safe to log.
        score: what it added, or would have added.
        mode: `shadow` where the match alone can't block.
        status: the HTTP status with which this match blocks at once; None for one that only scores.
    """

    rule: str
    title: str
    severity: Severity
    tags: tuple[str, ...]
    target: str
    form: str
    value: str
    score: int
    mode: Literal["enforce", "shadow"]
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine has to say about a transaction so far.

    Attributes:
        action: what to do now. In shadow mode always `allow`.
        status: the HTTP status to answer with; 0 where nothing is to be blocked.
        matches: all rules that held, in the order in which they were found.
        score: of the matches that count.
        would_block: True where `enforce` mode would have blocked.
        nanoseconds: engine time so far.
        budget_spent: True where inspection ended early.
    """

    action: Literal["allow", "block"] = "allow"
    status: int = 0
    matches: tuple[Match, ...] = ()
    score: int = 0
    would_block: bool = False
    nanoseconds: int = 0
    budget_spent: bool = False

    @property
    def blocked(self) -> bool:
        return self.action == "block"


VERDICT_ALLOW = Verdict()
