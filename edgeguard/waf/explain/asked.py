"""A rule's questions as its author wrote them, in a form in which two can be compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edgeguard.waf.condition import And, Name, Not
from edgeguard.waf.operators.registry import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.condition import Node
    from edgeguard.waf.model import Rule, Term

_MOST: Final = 64  # ways in which a rule may hold; of more nothing is said


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        written: the key of the term.
        steps: names of transformations.
        arguments: one of them must fit, or each where `every`.
        term: the same, compiled.
    """

    written: str
    steps: tuple[str, ...]
    operator: str
    arguments: tuple[object, ...]
    every: bool
    term: Term


@dataclass(frozen=True, slots=True)
class Literal:
    """A question, or that it has no answer."""

    asked: Asked
    negated: bool = False


Way = tuple[Literal, ...]
"""Literals that hold together; a rule holds where those of one way do."""


def questions(rule: Rule) -> dict[str, list[list[Asked]]]:
    """By selection: its alternatives, and the questions of each."""
    match = json.loads(rule.canonical).get("match", {}) if rule.canonical else {}
    found: dict[str, list[list[Asked]]] = {}
    for selection in rule.selections:
        body = match.get(selection.name, {})
        options = body if isinstance(body, list) else [body]
        found[selection.name] = [
            list(_asked(option, terms)) for option, terms in zip(options, selection.alternatives, strict=False)
        ]
    return found


def ways(rule: Rule) -> list[Way] | None:
    """All ways in which the rule holds; None where they are too many."""
    asked = questions(rule)

    def of(node: Node, *, negated: bool) -> list[Way] | None:
        if isinstance(node, Not):
            return of(node.part, negated=not negated)
        if isinstance(node, Name):
            alternatives = asked.get(node.name, [])
            if not negated:
                return [tuple(Literal(each) for each in option) for option in alternatives]
            return _all_of([[(Literal(each, negated=True),) for each in option] for option in alternatives])
        joined = [of(part, negated=negated) for part in node.parts]
        if None in joined:
            return None
        known = [each for each in joined if each is not None]
        together = isinstance(node, And) is not negated
        return _all_of(known) if together else [way for part in known for way in part][: _MOST + 1]

    found = of(rule.condition, negated=False)
    return None if found is None or len(found) > _MOST else found


def _all_of(parts: Sequence[Sequence[Way]]) -> list[Way] | None:
    made: list[Way] = [()]
    for part in parts:
        made = [(*one, *other) for one in made for other in part]
        if len(made) > _MOST:
            return None
    return made


def _asked(option: object, terms: tuple[Term, ...]) -> Iterator[Asked]:
    """The questions of one alternative; `canonical` sorts them, so that they are found by what is written."""
    if not isinstance(option, dict):
        return
    by_key = {term.written.partition(": ")[0]: term for term in terms}
    for key, arguments in option.items():
        if key in by_key:
            parts = key.split("|")[1:]
            operator = next((part for part in parts if part in OPERATORS), "equals")
            steps = tuple(part for part in parts if part not in OPERATORS and part not in ("any", "all"))
            values = tuple(arguments) if isinstance(arguments, list) else (arguments,)
            yield Asked(key, steps, operator, values, "all" in parts, by_key[key])
