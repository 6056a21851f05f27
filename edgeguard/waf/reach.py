"""How much of a response's body must be held back, as its head tells: where no rule can hold any more, nothing waits.

A rule is settled by the parts of its condition that ask for what is known with the head: the status, a field, who asks. With
those as they are and all others open, a condition that can't hold needs no body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.response import START
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from edgeguard.waf.evaluate import Evaluation
    from edgeguard.waf.model import Rule, Selection, Term

_BODY = (Source.RESPONSE_BODY, Source.RESPONSE_START)


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """A rule that looks at a response's body.

    Attributes:
        whole: whether it looks at more than the beginning.
        parts: its selections by name, itself where it is settled with the head, and of each alternative the terms that are.
    """

    rule: Rule
    whole: bool
    parts: tuple[tuple[str, Selection | None, tuple[tuple[Term, ...], ...]], ...]


def watches_of(rules: Iterable[Rule]) -> tuple[Watch, ...]:
    """Those of some rules that look at a response's body; what looks at all of it comes first."""
    made = []
    for rule in rules:
        sources = {source for term in rule.terms for source in term.target.sources}
        if sources.isdisjoint(_BODY):
            continue
        parts = tuple(
            (
                selection.name,
                selection if all(map(_is_known, selection.terms)) else None,
                tuple(tuple(filter(_is_known, terms)) for terms in selection.alternatives),
            )
            for selection in rule.selections
        )
        made.append(Watch(rule, Source.RESPONSE_BODY in sources, parts))
    return tuple(sorted(made, key=lambda watch: not watch.whole))


def reach(watches: Sequence[Watch], evaluation: Evaluation, hits: Collection[Term], off: frozenset[Rule], most: int) -> int:
    """Bytes of the body that some rule may need: 0, its beginning, or `most`.

    Args:
        watches: from `watches_of`.
        evaluation: of what has been seen.
        hits: terms that perhaps hold.
        off: rules that are not asked.
        most: what a rule about all of it is shown.
    """
    for watch in watches:
        if watch.rule not in off and _perhaps(watch, evaluation, hits):
            return most if watch.whole else min(START, most)
    return 0


def _is_known(term: Term) -> bool:
    return all(source.phase <= Phase.RESPONSE_HEAD for source in term.target.sources)


def _perhaps(watch: Watch, evaluation: Evaluation, hits: Collection[Term]) -> bool:
    """Whether the rule may still hold."""
    answers: dict[str, bool | None] = {}
    for name, selection, alternatives in watch.parts:
        for terms in alternatives:
            for term in terms:
                if term not in hits and not term.operator.of_list:
                    break
            else:  # nothing speaks against this one
                answers[name] = evaluation.selection(selection) if selection is not None else None
                break
        else:
            answers[name] = False
    return watch.rule.condition.perhaps(answers.__getitem__) is not False
