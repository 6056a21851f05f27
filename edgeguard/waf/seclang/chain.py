"""A SecLang rule ready to be asked: names are bound to targets, transformations, operators and effects. Immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.transformations.together import Steps

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf.actions.effect import Effect
    from edgeguard.waf.model import Term
    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.phase import Phase
    from edgeguard.waf.seclang.macros import Template
    from edgeguard.waf.seclang.syntax import Place
    from edgeguard.waf.targets.seclang.selection import Selection
    from edgeguard.waf.transformations.registry import Transformation

Disruption = Literal["pass", "deny", "drop", "redirect", "allow"]


@dataclass(frozen=True, slots=True)
class Question:
    """An operator whose argument holds macros that are known only when it is asked."""

    name: str
    argument: Template
    folder: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class ChainLink:
    """One rule of a chain.

    Attributes:
        selection: what it looks at; None for a SecAction.
        operator: what it asks; None for a SecAction, and where `question` stands for it.
        terms: the same as the gate asks it; empty where only the evaluation can tell.
        steps: the pipeline's functions.
    """

    place: Place
    selection: Selection | None = None
    pipeline: tuple[Transformation, ...] = ()
    operator: Operator | None = None
    question: Question | None = None
    negated: bool = False
    capture: bool = False
    multi: bool = False
    effects: tuple[Effect, ...] = ()
    terms: tuple[Term, ...] = ()
    steps: Steps = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Join what can be joined."""
        object.__setattr__(self, "steps", Steps(step.apply for step in self.pipeline))

    @property
    def is_action(self) -> bool:
        """Whether it holds always."""
        return self.selection is None

    @property
    def form(self) -> str:
        """The transformations in words."""
        return "|".join(step.name for step in self.pipeline)


@dataclass(frozen=True, slots=True, eq=False)
class ChainRule:
    """A rule: all of its links in order, and what follows when they hold.

    Attributes:
        id: as text, as verdicts tell it.
        number: as written.
        scope: of `allow`: empty for all that follows, `request`, or `phase`.
        skip_to: the place of the first rule that is asked again after a match; 0 for no skipping.
        title: the message as written, macros unexpanded.
        canonical: the rule in one spelling, for digests.
    """

    id: str
    number: int
    phase: Phase
    links: tuple[ChainLink, ...]
    place: Place
    disruption: Disruption = "pass"
    scope: str = ""
    status: int | None = None
    location: Template | None = None
    skip_to: int = 0
    severity: int | None = None
    message: Template | None = None
    logdata: Template | None = None
    tags: tuple[str, ...] = ()
    log: bool = True
    revision: str = ""
    title: str = ""
    canonical: str = field(default="", repr=False)

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for link in self.links for term in link.terms)
