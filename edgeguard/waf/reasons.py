"""Why a rule's selections hold or don't for a test's request: which values a term looked at, what each step made of them, and
what that was compared with. For messages; the values are those of rules' authors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.waf.evaluate import Evaluation, collect
from edgeguard.waf.mask import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.model import Rule, Selection, Term
    from edgeguard.waf.seen import Seen

_VALUES: Final = 4  # values that are told of one term
_SHOWN: Final = 100  # bytes of a value, characters of a pattern


def reasons(rule: Rule, seen: Seen) -> list[str]:
    """Lines that tell it of each selection, indented to stand below a message."""
    answers = Evaluation(seen, None, frozenset(), lambda: None).selections(rule)
    return [line for selection in rule.selections for line in _of_selection(selection, seen, held=answers[selection.name])]


def _of_selection(selection: Selection, seen: Seen, *, held: bool) -> Iterator[str]:
    yield f"    {selection.name} {'holds' if held else 'does not hold'}"
    several = len(selection.alternatives) > 1
    for number, terms in enumerate(selection.alternatives, start=1):
        if several:
            yield f"      alternative {number}"
        for term in terms:
            yield f"      {'  ' if several else ''}{_short(term.written or term.target.name)}"
            for line in _of_term(term, seen):
                yield f"        {'  ' if several else ''}{line}"


def _of_term(term: Term, seen: Seen) -> Iterator[str]:
    values = list(collect(seen, term.target))
    if term.operator.of_list:
        yield f"{'holds' if term.operator.holds(len(values)) else 'fails'}: {len(values)} value{'' if len(values) == 1 else 's'}"
        return
    if not values:
        yield f"fails: {term.target.name} has no value in this request"
        return
    found = [(term.takes(value), label, name, value) for label, name, value in values]
    found.sort(key=lambda each: not each[0])  # what holds first: it is what decides
    for held, label, name, value in found[:_VALUES]:
        steps = []
        form = value
        for step in term.pipeline:
            made = step.apply(form)
            if made != form:
                steps.append(f" -{step.name}-> '{_piece(made)}'")
            form = made
        place = f"{label}:{printable(name[:_SHOWN])}" if name else label
        unchanged = ", unchanged by all steps" if term.pipeline and not steps else ""
        yield f"{'holds' if held else 'fails'}: {place} has '{_piece(value)}'{''.join(steps)}{unchanged}"
    if len(found) > _VALUES:
        yield f"and {len(found) - _VALUES} more values"


def _piece(value: bytes) -> str:
    return printable(value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")


def _short(text: str) -> str:
    return text if len(text) <= 2 * _SHOWN else text[: 2 * _SHOWN] + "…"
