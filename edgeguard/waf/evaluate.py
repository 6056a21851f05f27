"""The exact evaluation of one rule over what has been seen: what the gate leaves to be decided, and decides by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edgeguard.waf.targets.registry import EXTRACTORS
from edgeguard.waf.targets.sources import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edgeguard.waf.model import Rule, Selection, Target, Term
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.spared import Spared
    from edgeguard.waf.targets.sources import Pair

Hit = tuple[str, bytes, bytes]
"""Label of the source, name of the value, and the value."""


class Evidence(NamedTuple):
    """Where a term held."""

    term: Term
    label: str
    name: bytes
    form: bytes
    span: tuple[int, int]


class Evaluation:
    """Evaluates rules at one moment of a transaction.

    Args:
        seen: the values.
        hits: candidates by gated term. None takes no word from the gate and looks at every value of every target.
        gated: the terms for which `hits` is complete.
        tick: called before each value; raises to end the work.
    """

    __slots__ = ("_first", "_gated", "_hits", "_seen", "_spared", "_tick")

    def __init__(self, seen: Seen, hits: dict[Term, list[Hit]] | None, gated: frozenset[Term], tick: Callable[[], None]) -> None:
        self._seen = seen
        self._hits = hits
        self._gated = gated
        self._tick = tick
        self._first: Evidence | None = None
        self._spared: tuple[Spared, ...] = ()

    def rule(self, rule: Rule, spared: tuple[Spared, ...] = ()) -> tuple[bool, Evidence | None]:
        """Whether `rule` holds, and the first thing seen that speaks for it (None where only absence does).

        What is `spared` is not shown to it.
        """
        self._first = None
        self._spared = spared
        selections = {selection.name: selection for selection in rule.selections}
        answers: dict[str, bool] = {}

        def ask(name: str) -> bool:
            known = answers.get(name)
            if known is None:
                known = answers[name] = self._selection(selections[name])
            return known

        return rule.condition.holds(ask), self._first

    def selection(self, selection: Selection) -> bool:
        """Whether one selection holds."""
        return self._selection(selection)

    def selections(self, rule: Rule) -> dict[str, bool]:
        """Which of the rule's selections hold."""
        return {selection.name: self._selection(selection) for selection in rule.selections}

    def _selection(self, selection: Selection) -> bool:
        for terms in selection.alternatives:
            evidences: list[Evidence | None] = []
            for term in terms:
                held, evidence = self._term(term)
                if not held:
                    break
                evidences.append(evidence)
            else:
                if self._first is None:
                    self._first = next((evidence for evidence in evidences if evidence is not None), None)
                return True
        return False

    def _term(self, term: Term) -> tuple[bool, Evidence | None]:
        if term.operator.of_list:
            pairs = list(self._shown(collect(self._seen, term.target)))
            if not term.operator.holds(len(pairs)):
                return False, None
            if not pairs:
                return True, None
            label, name, value = pairs[0]
            return True, Evidence(term, label, name, value, (0, len(value)))
        if self._hits is not None and term in self._gated:
            values: Iterable[Hit] = self._hits.get(term, ())
        else:
            values = collect(self._seen, term.target)
        if self._spared:
            values = self._shown(values)
        for label, name, value in values:
            self._tick()
            form = value
            for step in term.pipeline:
                form = step.apply(form)
            span = term.operator.find(form)
            if span is not None:
                return True, Evidence(term, label, name, form, span)
        return False, None

    def _shown(self, values: Iterable[Hit]) -> Iterable[Hit]:
        """Those of some values that the rule may be shown."""
        if not self._spared:
            return values
        return (hit for hit in values if not any(spared.hides(hit[0], hit[1]) for spared in self._spared))


def collect(seen: Seen, target: Target) -> Iterator[tuple[str, bytes, bytes]]:
    """Every value of `target` that has been seen, with its source's label and its name."""
    for source in target.sources:
        pairs: tuple[Pair, ...] | list[Pair] = tuple(EXTRACTORS[source](seen))
        for name, value in pairs:
            if target.key is not None and name.lower() != target.key:
                continue
            if target.without and source in FIELDS and name in target.without:
                continue
            yield source.value, name, value
