"""What is odd about rules that load: parts without effect, rules that never or always hold, questions that cost much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.explain.precedence import preceded
from edgeguard.waf.explain.trace import is_about_variables
from edgeguard.waf.explain.unanswered import unanswered
from edgeguard.waf.operators.matches import Matches
from edgeguard.waf.operators.protocol import AllOf, AnyOf
from edgeguard.waf.operators.seclang.rx import Rx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.model import Rule, Term
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule

_PROBES = (b"", b"q", b"\x00", b"GET", b"7", b"/index.html", b"An ordinary sentence.", b"\xe2\x82\xac " * 2000)


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
    found += _same_scripts(ruleset.chains)
    for rule in ruleset.rules:
        found += _about_rule(rule)
    found += _titles(ruleset.rules)
    for rule, other, same in preceded(ruleset.rules):
        does = "asks the same as" if same else "makes no difference: wherever it holds, the request was blocked by"
        found.append(_of(rule, f"it {does} {other.id} ({other.source})"))
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
    live = rule.status in ("enforce", "shadow")
    if live and not rule.tags:
        yield _of(rule, "it has no tags, by which rules are found and counted, such as owasp-2021/A03 or cwe/89")
    for text in unanswered(rule):
        yield _of(rule, text)
    for term in dict.fromkeys(rule.terms):
        if not term.operator.of_list:
            yield from _about_term(rule, term, live=live)


def _about_term(rule: Rule, term: Term, *, live: bool) -> Iterator[Remark]:
    name, operator = term.target.name, term.operator
    parts = operator.parts if isinstance(operator, AnyOf | AllOf) else (operator,)
    empty = [part for part in parts if isinstance(part, Matches) and part.find(b"") is not None]
    if isinstance(operator, AllOf) and len(empty) < len(parts):
        empty = []  # the others decide
    if any(all(part.find(probe) is not None for probe in _PROBES) for part in empty):
        yield _of(rule, f"{name}: its pattern matches the empty value, and so every value")
    elif empty:
        yield _of(rule, f"{name}: a pattern matches the empty value; where that is not meant, too much of it is optional")
    elif live and operator.gate is None:
        slow = sum(part.gate is None for part in parts)
        which = f"{slow} of its {len(parts)} arguments" if len(parts) > 1 and isinstance(operator, AnyOf) else "its operator"
        text = f"asked exactly of every value of {name}: no pattern stands for {which}, and the gate can't help"
        yield _of(rule, text, "cost")


def _titles(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Titles that two rules have: who reads an event could not tell which it was."""
    first: dict[str, Rule] = {}
    for rule in rules:
        other = first.setdefault(rule.title, rule)
        if other is not rule and rule.status != "retired" != other.status:
            yield _of(rule, f"it has the same title as {other.id} ({other.source})")


def _same_scripts(rules: Sequence[ChainRule]) -> Iterator[Remark]:
    """Rules that say the same but for their ids."""
    first: dict[str, ChainRule] = {}
    for rule in rules:
        other = first.setdefault(rule.canonical.replace(f"id:{rule.id}", "id:"), rule)
        if other is not rule and rule.canonical:
            yield _at(rule, f"it asks the same as {other.id} ({other.place})")


def _of(rule: Rule, text: str, kind: Literal["note", "cost"] = "note") -> Remark:
    file, _, number = rule.source.rpartition(":")
    return Remark(file, int(number) if number.isdigit() else 1, text, kind, rule.id)


def _at(rule: ChainRule, text: str) -> Remark:
    return Remark(rule.place.file, rule.place.line, text, rule=rule.id)
