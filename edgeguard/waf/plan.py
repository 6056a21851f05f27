"""From rules to a plan: which values to look at, what to ask of them, and which rules an answer makes worth evaluating.

Safety of the plan: a rule is left out of an exact evaluation only if it can't hold. For a condition that is told by evaluating
it with the selections none of whose terms was hit as false and all others unknown; for a chain, by one of its links whose
terms were not hit. Terms are asked of every value, by expressions that occur in each value which satisfies them, or exactly.
Rules that look at what only the evaluation knows (variables that other rules set) are asked whenever these may have changed;
`seclang.partial` says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edgeguard.waf.condition import And, Name, Node, Not, Or
from edgeguard.waf.memo import memo_of
from edgeguard.waf.phase import Phase
from edgeguard.waf.reach import Watch, watches_of
from edgeguard.waf.tries import Builder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.forms import Trie
    from edgeguard.waf.lanes import Count, Lane, Member
    from edgeguard.waf.memo import Memo
    from edgeguard.waf.model import Rule, Term
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.partial import Settled, SettledRule

_KNOWN = 1024  # sets of hits for which it is known what they make worth asking
_HITS = 64  # of such a set: 1 MB per phase at the most, with what follows from it


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A rule that is enforced or shadowed.

    Attributes:
        order: its place among all rules.
        first: the earliest phase in which it can be decided.
        only: the one phase in which it is decided, or None.
        gated: True where it can't hold without a hit.
        links: of a chain, the terms of each link of which one must be hit.
        base: of a chain, the variables just before it where nothing was found.
        beaten: False for a chain that is not reached where nothing was found.
        memo: of a chain, the values that it is known not to hold for; None where more counts.
        leaves: of a chain, whether its holding passes over what is done where nothing is found.
    """

    rule: Rule | ChainRule
    order: int
    first: Phase
    only: Phase | None
    gated: bool
    links: tuple[frozenset[Term], ...] = ()
    base: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    beaten: bool = True
    memo: Memo | None = None
    leaves: bool = False

    def decides(self, phase: Phase) -> bool:
        return phase is self.only if self.only is not None else phase >= self.first


@dataclass(frozen=True, slots=True, eq=False)
class PhasePlan:
    """What one phase looks at.

    Attributes:
        lanes: lists with a key.
        loose: all others.
        counts: those about lists of several lanes.
        candidates: rules that may be decided, by the terms that make them worth asking.
        always: rules asked whatever the gate says.
        strayed: rules asked besides where variables are not what they are when nothing is found.
        known: what `chosen` came to before; bounded.
    """

    lanes: tuple[Lane, ...]
    loose: tuple[Member, ...]
    counts: tuple[Count, ...]
    candidates: dict[Term, tuple[Planned, ...]]
    always: tuple[Planned, ...]
    strayed: tuple[Planned, ...]
    known: dict[tuple[bool, tuple[Term, ...]], tuple[Planned, ...]] = field(default_factory=dict, repr=False)

    def chosen(self, hits: Collection[Term], *, strayed: bool) -> tuple[Planned, ...]:
        """The rules to ask where these terms were hit, in their order. Ordinary requests hit the same few again and again."""
        key = (strayed, tuple(hits))
        known = self.known.get(key)
        if known is None:
            wanted = {*self.always, *(self.strayed if strayed else ())}
            hit = frozenset(hits)
            for term in hits:
                wanted.update(item for item in self.candidates.get(term, ()) if not any(map(hit.isdisjoint, item.links)))
            known = tuple(sorted(wanted, key=lambda item: item.order))
            if len(hits) <= _HITS:
                if len(self.known) >= _KNOWN:
                    self.known.clear()
                self.known[key] = known
        return known

    def tries(self) -> Iterator[Trie]:
        """All that its lists are looked at with; one that serves several lists comes as often."""
        for member in (*(member for lane in self.lanes for member in lane.members), *self.loose):
            yield from (trie for trie in (*member.named.values(), member.other) if trie is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The whole of it.

    Attributes:
        phases: by `Phase`.
        rules: those that are asked because of what is in a message.
        rules_of: by term.
        gated: the terms that are asked of every value.
        logs: whether a rule is asked when the exchange is over, be it only because of what was seen.
        first_chain: the order of the first chain; those of EdgeGuard's own language come before.
        gates: False where there is no gate to ask, so that every rule is evaluated on every value.
        watches: rules that look at a response's body, and what of its head they ask.
    """

    phases: tuple[PhasePlan, ...]
    rules: tuple[Planned, ...]
    rules_of: dict[Term, tuple[Planned, ...]]
    gated: frozenset[Term]
    first_chain: int
    logs: bool
    gates: bool = True
    watches: tuple[Watch, ...] = ()


def make_plan(
    rules: Sequence[Rule], settled: Settled | None = None, databases: Databases | None = None, *, gates: bool = True
) -> Plan:
    """The plan for `rules`, of which those in `test` and `retired` are left out, and for what SecLang scripts came down to.

    Args:
        rules: in EdgeGuard's own language; they come first.
        settled: the chains that may hold, and what is known of variables beforehand.
        databases: where compiled patterns are kept.
        gates: False makes no gate, which takes no time: for a request or two that people look at.
    """
    active = [rule for rule in rules if rule.status in ("enforce", "shadow")]
    planned = [_planned(rule, order) for order, rule in enumerate(active)]
    strayed: list[Planned] = []
    for chained in settled.items if settled is not None else ():
        chain = _chain(chained, len(active) + chained.order)
        (strayed if chained.about_variables else planned).append(chain)
    terms = list(dict.fromkeys(term for item in planned for term in item.rule.terms if not term.operator.of_list))
    rules_of: dict[Term, list[Planned]] = {}
    for item in planned:
        for term in dict.fromkeys(item.rule.terms):
            if not term.operator.of_list:
                rules_of.setdefault(term, []).append(item)
    builder = Builder(terms if gates else (), databases)
    phases = []
    for phase in Phase:
        lanes, loose, counts = builder.phase(phase)
        always = tuple(item for item in planned if not item.gated and _is_due(item, phase))
        deciding = {term: tuple(item for item in items if item.decides(phase)) for term, items in rules_of.items()}
        candidates = {term: items for term, items in deciding.items() if items}
        off_path = tuple(item for item in strayed if item.only is phase)
        phases.append(PhasePlan(lanes, loose, counts, candidates, always, off_path))
    return Plan(
        tuple(phases),
        tuple(planned),
        {term: tuple(items) for term, items in rules_of.items()},
        frozenset(terms),
        len(active),
        any(item.only is Phase.LOGGING for item in planned),
        gates,
        watches_of(active),
    )


def _planned(rule: Rule, order: int) -> Planned:
    verdicts = {
        selection.name: False if all(_can_gate(terms) for terms in selection.alternatives) else None
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


def _can_gate(terms: Iterable[Term]) -> bool:
    """Whether hits alone tell if all of `terms` may hold: one of them at least is about each value, not about their number."""
    return any(not term.operator.of_list for term in terms)


def _chain(item: SettledRule, order: int) -> Planned:
    links = tuple(frozenset(link.terms) for link in item.rule.links[: item.gated_links] if link.terms)
    phase = item.rule.phase
    memo = memo_of(item.rule, item.follows_from)
    return Planned(item.rule, order, phase, phase, bool(links), links, item.base, item.beaten, memo, item.leaves)


def _is_due(item: Planned, phase: Phase) -> bool:
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
