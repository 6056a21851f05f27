"""What of a rule's own match tests is left when they are written otherwise: by the rule itself, and by all rules together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from edgeguard.waf.faults import Refused
from edgeguard.waf.mutations.leaves import Leaf, leaves
from edgeguard.waf.mutations.texts import GRAMMARS, TEXTS
from edgeguard.waf.mutations.wire import WIRE, unfolded
from edgeguard.waf.rule_tests import build, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edgeguard.waf.model import Rule
    from edgeguard.waf.mutations.texts import Grammar
    from edgeguard.waf.rule_reader import Draft
    from edgeguard.waf.ruleset import Ruleset

_HARMLESS: Final = "x"
EXAMPLES: Final = 200  # that are kept of each rule


@dataclass(frozen=True, slots=True)
class Variant:
    """A match test, written otherwise.

    Attributes:
        mutation: its name in `TEXTS` or `WIRE`.
        line: of the test.
        caught: by the rule itself.
        stopped: blocked by all rules together, or refused by the edge's own reader.
    """

    mutation: str
    line: int
    request: Mapping[str, Any]
    caught: bool
    stopped: bool


@dataclass(slots=True)
class Tally:
    """How many variants there were, and what became of them."""

    variants: int = 0
    caught: int = 0
    stopped: int = 0

    def add(self, variant: Variant) -> None:
        """Count one more."""
        self.variants += 1
        self.caught += variant.caught
        self.stopped += variant.caught or variant.stopped

    @property
    def survival(self) -> float:
        """Share of variants that the rule or others stop; 1 where there were none."""
        return self.stopped / self.variants if self.variants else 1.0

    @property
    def own(self) -> float:
        """Share of variants that the rule itself catches."""
        return self.caught / self.variants if self.variants else 1.0


@dataclass(slots=True)
class Survival:
    """Of one rule.

    Attributes:
        missed: variants that nothing stopped; the first `EXAMPLES`.
    """

    rule: Rule
    file: str
    line: int
    whole: Tally = field(default_factory=Tally)
    by_mutation: dict[str, Tally] = field(default_factory=dict)
    missed: list[Variant] = field(default_factory=list)

    def add(self, variant: Variant) -> None:
        """Count one more."""
        self.whole.add(variant)
        self.by_mutation.setdefault(variant.mutation, Tally()).add(variant)
        if not variant.caught and not variant.stopped and len(self.missed) < EXAMPLES:
            self.missed.append(variant)


def survival(draft: Draft, ruleset: Ruleset, only: frozenset[str] = frozenset()) -> Survival:
    """Evade a rule's match tests.

    Args:
        draft: the rule, which is asked in `ruleset`.
        ruleset: all rules together.
        only: names of mutations; empty for all.
    """
    found = Survival(draft.rule, draft.file, draft.line)
    grammars = grammars_of(draft.rule)
    seen: set[str] = set()
    for test in draft.tests:
        if not test.matches:
            continue
        for mutation, request in _variants(test.description, draft.rule, ruleset, grammars):
            key = json.dumps(request, sort_keys=True, default=str)
            if key in seen or (only and mutation not in only):
                continue
            seen.add(key)
            answer = _ask(ruleset, draft.rule, request)
            if answer is not None:
                found.add(Variant(mutation, test.line, request, *answer))
    return found


def grammars_of(rule: Rule) -> frozenset[Grammar]:
    """What its tests are written in, by its tags."""
    return frozenset(GRAMMARS[tag] for tag in rule.tags if tag in GRAMMARS)


def names() -> dict[str, str]:
    """All mutations, and what they do."""
    return {**{each.name: each.says for each in TEXTS}, **{each.name: each.says for each in WIRE}}


def _variants(
    description: Mapping[str, Any], rule: Rule, ruleset: Ruleset, grammars: frozenset[Grammar]
) -> Iterator[tuple[str, dict[str, Any]]]:
    plain = unfolded(description)
    base = plain if _catches(ruleset, rule, plain) else dict(description)
    for leaf in _attacks(base, rule, ruleset):
        for text in TEXTS:
            if (not text.grammars or text.grammars & grammars) and (text.in_fields or leaf.kind not in ("path", "headers")):
                for made in text.make(leaf.text):
                    if made != leaf.text and _fits(leaf, made):
                        yield text.name, leaf.replaced(base, made)
        for wire in WIRE:
            if leaf.kind in wire.kinds:
                for request in wire.make(base, leaf):
                    yield wire.name, request


def _attacks(description: Mapping[str, Any], rule: Rule, ruleset: Ruleset) -> Iterable[Leaf]:
    """The texts without which the rule does not hold.

    Short words, such as a method's or a type's name, are no attacks; nor is a path, where something else is.
    """
    found = list(_needed(description, rule, ruleset))
    return [leaf for leaf in found if leaf.kind != "path"] or found


def _needed(description: Mapping[str, Any], rule: Rule, ruleset: Ruleset) -> Iterator[Leaf]:
    for leaf in leaves(description):
        harmless = "/" + _HARMLESS if leaf.kind == "path" else _HARMLESS
        if len(leaf.text) > 3 and not _catches(ruleset, rule, leaf.replaced(description, harmless)):
            yield leaf


def _fits(leaf: Leaf, text: str) -> bool:
    """Whether a text can stand in its place at all: in a field's line no control characters can."""
    if leaf.kind in ("headers", "cookies"):
        return text.isprintable() and text.isascii() and not (leaf.kind == "cookies" and ";" in text)
    if leaf.kind == "path":
        return text.startswith("/") and text.isprintable() and text.isascii() and " " not in text
    return True


def _catches(ruleset: Ruleset, rule: Rule, request: Mapping[str, Any]) -> bool:
    answer = _ask(ruleset, rule, request)
    return answer is not None and answer[0]


def _ask(ruleset: Ruleset, rule: Rule, request: Mapping[str, Any]) -> tuple[bool, bool] | None:
    """Whether the rule catches it, and whether it is stopped at all; None where it is no request."""
    try:
        sample = build(request)
    except Refused as error:
        return (False, True) if "the wire refuses" in str(error) else None
    except (UnicodeEncodeError, ValueError, AttributeError):
        return None
    verdict = send(ruleset, sample).finish()
    return any(match.rule == rule.id for match in verdict.matches), verdict.would_block
