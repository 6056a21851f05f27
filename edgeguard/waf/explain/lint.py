"""What is odd about rules that load: parts without effect, rules that never or always hold, questions that cost much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.explain.trace import is_about_variables
from edgeguard.waf.operators.matches import Matches
from edgeguard.waf.operators.seclang.rx import Rx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.model import Rule
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule

_PROBES = (b"", b"q", b"\x00", b"An ordinary sentence.")


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something to look at.

    Attributes:
        kind: `cost` where a rule is right but dear.
        rule: the rule's id; empty where it is about no rule.
    """

    file: str
    line: int
    text: str
    kind: Literal["note", "cost"] = "note"
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.rule}: ' if self.rule else ''}{self.text}"


def remarks(ruleset: Ruleset) -> list[Remark]:
    """All of them, by file and line."""
    found = [Remark(note.place.file, note.place.line, note.text) for note in ruleset.notes]
    found += _never_reached(ruleset.chains)
    for chain in ruleset.chains:
        found += _about_chain(chain)
    for rule in ruleset.rules:
        found += _about_rule(rule)
    return sorted(set(found))


def _about_chain(rule: ChainRule) -> Iterator[Remark]:
    if rule.log and rule.message is None and not is_about_variables(rule):
        yield _at(rule, "a match is told without a message; write msg:'…', or nolog")
    for link in rule.links:
        yield from _about_link(rule, link)


def _about_link(rule: ChainRule, link: ChainLink) -> Iterator[Remark]:
    file, line = link.place.file, link.place.line
    parts = () if link.selection is None else link.selection.parts
    early = [part for part in parts if part.kind.sources and part.kind.phase > rule.phase and not part.count]
    if early and len(early) == len(parts):
        names = ", ".join(dict.fromkeys(part.kind.name for part in early))
        needed = min(part.kind.phase for part in early) + 1
        text = f"it never holds: {names} has no values before phase {needed}, and the rule is asked in phase {rule.phase + 1}"
        yield Remark(file, line, text, rule=rule.id)
    operator = link.operator
    if operator is None or link.selection is None:
        return
    if isinstance(operator, Rx):
        if not link.negated and not link.capture and all(operator.find(probe) is not None for probe in _PROBES):
            text = "its pattern matches the empty value, and so every value; what is optional in it should perhaps not be"
            yield Remark(file, line, text, rule=rule.id)
        if operator.pattern.translation.walked:
            text = "its pattern looks around or back, for which it is walked step by step where the gate says perhaps"
            yield Remark(file, line, text, "cost", rule.id)
    if link.terms and not link.terms[0].target.count and (link.negated or operator.gate is None):
        names = ", ".join(dict.fromkeys(part.written.decode("utf-8", "replace") for part in parts))
        why = "it is negated" if link.negated else "no pattern stands for its operator"
        yield Remark(file, line, f"asked exactly of every value of {names}, for the gate can't help: {why}", "cost", rule.id)


def _never_reached(rules: Sequence[ChainRule]) -> Iterator[Remark]:
    """Rules behind one that always holds, and ends the phase or jumps over them."""
    ends: dict[int, tuple[ChainRule, int]] = {}
    for place, rule in enumerate(rules):
        by = ends.get(rule.phase)
        if by is not None and (by[1] == 0 or place < by[1]):
            yield _at(rule, f"it is never asked: rule {by[0].id} ({by[0].place}) holds always and comes before it")
        elif all(link.is_action for link in rule.links):
            if rule.disruption != "pass":
                ends[rule.phase] = (rule, 0)
            elif rule.skip_to:
                ends[rule.phase] = (rule, rule.skip_to)


def _about_rule(rule: Rule) -> Iterator[Remark]:
    file, _, number = rule.source.rpartition(":")
    line = int(number) if number.isdigit() else 1
    for term in dict.fromkeys(rule.terms):
        operator = term.operator
        if operator.of_list:
            continue
        if isinstance(operator, Matches) and all(operator.find(probe) is not None for probe in _PROBES):
            text = f"{term.target.name}: its pattern matches the empty value, and so every value"
            yield Remark(file, line, text, rule=rule.id)
        elif operator.gate is None and rule.status in ("enforce", "shadow"):
            text = (
                f"asked exactly of every value of {term.target.name}: no pattern stands for its operator, and the gate can't help"
            )
            yield Remark(file, line, text, "cost", rule.id)


def _at(rule: ChainRule, text: str) -> Remark:
    return Remark(rule.place.file, rule.place.line, text, rule=rule.id)
