"""From rules to a plan: which values to look at, with which tries, and which rules a hit makes worth evaluating.

Safety of the plan: a rule is left out of an exact evaluation only if its condition is false whenever none of its gated terms
was hit, told by evaluating the condition with those terms false and all others unknown. All other rules are always evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.condition import And, Name, Node, Not, Or
from edgeguard.waf.forms import Trie
from edgeguard.waf.gate import Gate
from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.registry import EXTRACTORS
from edgeguard.waf.targets.sources import FIELDS, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edgeguard.message import Request
    from edgeguard.waf.model import Rule, Term
    from edgeguard.waf.pattern import Expression
    from edgeguard.waf.targets.family import Extractor


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A rule that is enforced or shadowed.

    Attributes:
        order: its place among all rules.
        first: the earliest phase in which it can be decided.
        only: the one phase in which it is decided, or None.
        gated: True where it can't hold without a hit.
    """

    rule: Rule
    order: int
    first: Phase
    only: Phase | None
    gated: bool

    def decides(self, phase: Phase) -> bool:
        return phase is self.only if self.only is not None else phase >= self.first


@dataclass(slots=True, eq=False)
class Lane:
    """Sources that follow from one key, by which they can be known to be clean without parsing them.

    Attributes:
        members: each source's extractor and trie.
        clean: keys under which nothing was found; bounded as tries are.
    """

    members: tuple[tuple[Extractor, Trie], ...]
    clean: set[object]


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlan:
    """Tries for header fields: `named` first, `other` for the rest. None means nobody looks."""

    named: dict[bytes, Trie | None]
    other: Trie | None


@dataclass(frozen=True, slots=True, eq=False)
class PhasePlan:
    """What one phase looks at.

    Attributes:
        gate: the phase's patterns.
        target: for what follows from the request's target; head of the request only.
        cookies: for what follows from the Cookie field.
        loose: all other sources.
        fields: header fields.
        always: rules evaluated whatever the gate says.
    """

    gate: Gate
    target: Lane | None
    cookies: Lane | None
    loose: tuple[tuple[Extractor, Trie], ...]
    fields: FieldPlan | None
    always: tuple[Planned, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The whole of it; `phases` by `Phase`, `rules_of` by gated term."""

    phases: tuple[PhasePlan, ...]
    rules: tuple[Planned, ...]
    rules_of: dict[Term, tuple[Planned, ...]]
    gated: frozenset[Term]


_TARGET_LANE = (Source.TARGET, Source.PATH, Source.QUERY, Source.QUERY_VALUE, Source.QUERY_NAME)
_COOKIE_LANE = (Source.COOKIE_NAME, Source.COOKIE_VALUE)


def lane_key(request: Request) -> tuple[bytes, bytes, bytes | None]:
    """What the target lane's sources follow from."""
    return request.target, request.path, request.query


def make_plan(rules: Sequence[Rule]) -> Plan:
    """The plan for `rules`, of which those in `test` and `retired` are left out: that much is settled beforehand."""
    active = [rule for rule in rules if rule.status in ("enforce", "shadow")]
    gated = frozenset(term for rule in active for term in rule.terms if _can_gate(term))
    planned = tuple(_planned(rule, order, gated) for order, rule in enumerate(active))
    rules_of: dict[Term, list[Planned]] = {}
    for item in planned:
        for term in item.rule.terms:
            if term in gated:
                rules_of.setdefault(term, []).append(item)
    phases = tuple(_phase_plan(phase, planned, gated) for phase in Phase)
    return Plan(phases, planned, {term: tuple(items) for term, items in rules_of.items()}, gated)


def _can_gate(term: Term) -> bool:
    """Whether hits alone tell if the term may hold: by patterns, or because values of its name rarely come."""
    return not term.operator.of_list and (term.operator.gate is not None or term.target.key is not None)


def _planned(rule: Rule, order: int, gated: frozenset[Term]) -> Planned:
    verdicts = {
        selection.name: False if all(any(term in gated for term in terms) for terms in selection.alternatives) else None
        for selection in rule.selections
    }
    needs_hit = rule.condition.perhaps(verdicts.__getitem__) is False
    negated = _negated(rule.condition)
    phases = [source.phase for term in rule.terms for source in term.target.sources]
    settled = [
        source.phase
        for selection in rule.selections
        for term in selection.terms
        if selection.name in negated or term.operator.of_list
        for source in term.target.sources
    ]
    return Planned(rule, order, max(settled, default=min(phases)), rule.phase, needs_hit)


def _is_news(item: Planned, phase: Phase) -> bool:
    """Whether an ungated rule is to be decided in `phase`: for the first time, or because more of its values came."""
    if item.only is not None or phase <= item.first:
        return item.decides(phase)
    return any(source.phase is phase for term in item.rule.terms for source in term.target.sources)


def _negated(node: Node, *, within: bool = False) -> set[str]:
    """Selections that stand below a `not`: until all their values are known, their failing means nothing."""
    if isinstance(node, Name):
        return {node.name} if within else set()
    if isinstance(node, Not):
        return _negated(node.part, within=True)
    parts: tuple[Node, ...] = node.parts if isinstance(node, And | Or) else ()
    return {name for part in parts for name in _negated(part, within=within)}


class _Numbers:
    """Gives each distinct expression of a phase its number."""

    def __init__(self) -> None:
        self.expressions: dict[Expression, int] = {}

    def of(self, term: Term) -> list[int]:
        return [self.expressions.setdefault(expression, len(self.expressions)) for expression in term.operator.gate or ()]


@lru_cache(maxsize=8)
def _gate(expressions: tuple[Expression, ...]) -> Gate:
    """A gate is dear to compile, and a reload that changes a score or a test leaves the patterns as they are."""
    return Gate(expressions)


def _phase_plan(phase: Phase, planned: Sequence[Planned], gated: frozenset[Term]) -> PhasePlan:
    by_source: dict[Source, list[Term]] = {}
    for item in planned:
        for term in item.rule.terms:
            if term in gated:
                for source in term.target.sources:
                    if source.phase is phase:
                        by_source.setdefault(source, []).append(term)
    numbers = _Numbers()
    for terms in by_source.values():
        for term in terms:
            numbers.of(term)
    gate = _gate(tuple(numbers.expressions))

    def trie(source: Source, terms: Iterable[Term]) -> Trie:
        entries = []
        for term in terms:
            found = numbers.of(term)
            entries.append((term, found, not found or not gate.ungated.isdisjoint(found)))
        return Trie(source.value, entries)

    def lane(sources: Sequence[Source]) -> Lane | None:
        members = tuple((EXTRACTORS[source], trie(source, by_source[source])) for source in sources if source in by_source)
        return Lane(members, set()) if members else None

    fields = next((source for source in FIELDS if source in by_source), None)
    loose = [source for source in by_source if source not in (*_TARGET_LANE, *_COOKIE_LANE, *FIELDS)]
    return PhasePlan(
        gate=gate,
        target=lane(_TARGET_LANE),
        cookies=lane(_COOKIE_LANE),
        loose=tuple((EXTRACTORS[source], trie(source, by_source[source])) for source in loose),
        fields=None if fields is None else _field_plan(fields, by_source[fields], trie),
        always=tuple(item for item in planned if not item.gated and _is_news(item, phase)),
    )


def _field_plan(source: Source, terms: list[Term], trie: Callable[[Source, Iterable[Term]], Trie]) -> FieldPlan:
    """A trie for each name that some term names or leaves out, with just the terms that look at it."""
    names = {term.target.key for term in terms if term.target.key is not None}
    names |= {name for term in terms for name in term.target.without}

    def looking(name: bytes | None) -> Trie | None:
        wanted = [
            term
            for term in terms
            if (term.target.key == name if term.target.key is not None else name not in term.target.without)
        ]
        return trie(source, wanted) if wanted else None

    return FieldPlan({name: looking(name) for name in sorted(names)}, looking(None))
