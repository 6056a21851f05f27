"""The one rule model: what both a reader of rules makes, and what the compiler takes; and the verdicts that come out.

All values are immutable. Nothing here knows a file format, a database of patterns or a request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.transformations.together import Steps

if TYPE_CHECKING:
    from edgeguard.waf.condition import Node
    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.phase import Phase
    from edgeguard.waf.targets.sources import Source
    from edgeguard.waf.transformations.registry import Transformation

Mode = Literal["enforce", "shadow", "off"]
Status = Literal["test", "shadow", "enforce", "retired"]
Severity = Literal["info", "low", "medium", "high", "critical"]
Sensitivity = Literal["balanced", "strict"]

SCORES: dict[Severity, int] = {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 0}


@dataclass(frozen=True, slots=True)
class Target:
    """Which values a term looks at.

    Attributes:
        name: as rules write it, such as `http.request.headers:referer`.
        sources: where the values come from.
        key: only values of this name, compared in lower case; None takes all.
        without: names that are left out, in lower case; only headers are filtered by it.
        count: the question is about the number of values, written as text, and not about each of them.
        path: for XML, which XPath expression selects the values.
        otherwise: the one value where the sources have none; None where there is no value then.
    """

    name: str
    sources: tuple[Source, ...]
    key: bytes | None = None
    without: frozenset[bytes] = frozenset()
    count: bool = False
    path: str = ""
    otherwise: bytes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One question: does a value of `target`, after `pipeline`, satisfy `operator`? Terms are told apart by identity.

    Attributes:
        negated: asks for a value that does not.
        multi: the operator is asked of the value and of what each step makes of it, not only of the last form.
        phase: the one in which the answer is wanted; None where it is wanted as soon as the value is known.
        written: the question as its rule has it, for people.
        steps: the pipeline's functions.
    """

    target: Target
    pipeline: tuple[Transformation, ...]
    operator: Operator
    negated: bool = False
    multi: bool = False
    phase: Phase | None = None
    written: str = ""
    steps: Steps = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Join what can be joined."""
        object.__setattr__(self, "steps", Steps(step.apply for step in self.pipeline))

    def takes(self, value: bytes) -> bool:
        """The exact answer for one value."""
        find, negated = self.operator.find, self.negated
        if self.multi:
            return any((find(form) is None) is negated for form in self.steps.forms(value))
        return (find(self.steps.last(value)) is None) is negated

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
    """What a match does: `status` blocks at once with that HTTP status; None adds `score` to the request's score.

    Attributes:
        masks: what matched in the response's body is made illegible on its way to the client.
        logs: it is told, and nothing follows.
    """

    score: int
    status: int | None = None
    masks: bool = False
    logs: bool = False

    @property
    def name(self) -> Literal["score", "block", "mask", "log"]:
        """As events tell it."""
        return "block" if self.status is not None else "mask" if self.masks else "log" if self.logs else "score"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule, from whatever language it was read.

    Attributes:
        phase: decided in this phase only, over all seen so far; None decides as soon as the condition holds.
        source: `file:line`, for people.
        canonical: the rule as it was read, in one spelling, for digests.
        pack: the file it stands in, without folder and ending: `a03-sql`.
        sensitivity: `strict` for a rule that is asked only where its pack's dial says so.
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
    pack: str = ""
    sensitivity: Sensitivity = "balanced"

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
        language: in which the rule is written.
        detail: what the rule itself wants to be told (`logdata`), cut and masked like the value.
        pack: the file of the rule, where it is one of EdgeGuard's own language.
        action: what such a rule does.
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
    language: Literal["edgeguard", "seclang"] = "edgeguard"
    detail: str = ""
    pack: str = ""
    action: Literal["score", "block", "mask", "log"] = "score"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine has to say about a transaction so far.

    Attributes:
        action: what to do now: `drop` closes the connection without an answer. In shadow mode always `allow`.
        status: the HTTP status to answer with; 0 where nothing is to be blocked.
        matches: all rules that held, in the order in which they were found.
        score: of the matches that count.
        would_block: True where `enforce` mode would have blocked, or masked.
        nanoseconds: engine time so far.
        budget_spent: True where inspection ended early.
        location: where to, of a redirect.
        excluded: names of the exclusions that kept rules from holding.
        masks: spans of the response's body, as its reader sees it, that must not reach the client; in order, none overlapping.
    """

    action: Literal["allow", "block", "drop", "redirect"] = "allow"
    status: int = 0
    matches: tuple[Match, ...] = ()
    score: int = 0
    would_block: bool = False
    nanoseconds: int = 0
    budget_spent: bool = False
    location: bytes = b""
    excluded: tuple[str, ...] = ()
    masks: tuple[tuple[int, int], ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether the exchange goes no further."""
        return self.action != "allow"


VERDICT_ALLOW = Verdict()
