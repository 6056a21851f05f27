"""Writes down which rules held, where, through which forms, and what they did: an observer of one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.actions.setvar import SetVar
from edgeguard.waf.evaluate import collect
from edgeguard.waf.explain.docs import spelled
from edgeguard.waf.explain.steps import steps_to
from edgeguard.waf.mask import printable
from edgeguard.waf.seclang.known_actions import SEVERITIES
from edgeguard.waf.transformations.registry import seclang_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.explain.steps import Step
    from edgeguard.waf.expression import Span
    from edgeguard.waf.model import Rule, Term
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.machine import Hold, Machine
    from edgeguard.waf.seclang.syntax import SecRule
    from edgeguard.waf.seen import Seen

_WHERES = 64  # values that are told of one rule; a rule over names of a large body holds for hundreds
_LEVEL = "paranoia-level/"
_DIGITS = tuple(b"%d" % digit for digit in range(10))


@dataclass(frozen=True, slots=True)
class Where:
    """A value that satisfied a question of a rule.

    Attributes:
        target: the variable with the value's name: `ARGS:body`, `http.request.query.values:q`.
        question: the operator as it is written; empty where nobody has the text.
        pipeline: names of all transformations; `steps` has those that changed the value.
        form: what the operator was asked of.
        span: what of the form matched.
        negated: the operator did not hold, as was asked for.
        link: which rule of a chain, counted from 0; of EdgeGuard's own language, which term.
    """

    target: str
    question: str
    value: bytes
    pipeline: tuple[str, ...]
    steps: tuple[Step, ...]
    form: bytes
    span: Span
    negated: bool
    link: int


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that held.

    Attributes:
        title: its message with macros filled in.
        severity: as its language calls it; empty where nothing is said.
        level: its paranoia level; 0 for a rule without one.
        score: what it added to scores.
        blocks: what it does by itself: `deny 403`, `drop`, `redirect 302`; empty where it only scores, or nothing.
        shadow: it is told, and counts for nothing.
        sums_up: it looks at variables alone, as rules do that hold scores to thresholds.
        captured: TX:0 to TX:9, of a rule that captures.
        reports: whether the match is told in logs.
    """

    id: str
    title: str
    language: Literal["seclang", "edgeguard"]
    file: str
    line: int
    phase: str
    severity: str
    tags: tuple[str, ...]
    level: int
    score: int
    blocks: str
    wheres: tuple[Where, ...]
    shadow: bool = False
    sums_up: bool = False
    captured: tuple[tuple[str, bytes], ...] = ()
    detail: str = ""
    reports: bool = True

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


class Trace:
    """What an observer was told.

    Args:
        texts: SecLang rules as they were read, by number, for the words of their questions.

    Attributes:
        seen: what the transaction sees; to be set before its first verb.
        found: in the order in which rules held; those that log nothing are among them.
        machine: the state of SecLang's variables; None where no such rule held.
    """

    seen: Seen

    def __init__(self, texts: Mapping[int, SecRule]) -> None:
        self._texts = texts
        self.found: list[Found] = []
        self.machine: Machine | None = None

    def rule(self, rule: Rule, _: Evidence | None) -> None:
        """A rule of EdgeGuard's own language holds."""
        file, _colon, line = rule.source.rpartition(":")
        action = rule.action
        self.found.append(
            Found(
                id=rule.id,
                title=rule.title,
                language="edgeguard",
                file=file,
                line=int(line) if line.isdigit() else 1,
                phase=rule.phase.name.lower() if rule.phase is not None else "",
                severity=rule.severity,
                tags=rule.tags,
                level=0,
                score=action.score,
                blocks=f"block {action.status}" if action.status is not None else "",
                wheres=tuple(self._evidence(rule)),
                shadow=rule.status == "shadow",
            )
        )

    def _evidence(self, rule: Rule) -> Iterator[Where]:
        """The first value that satisfies each term; terms that none satisfies are left out."""
        for number, term in enumerate(dict.fromkeys(rule.terms)):
            where = self._first(term, number)
            if where is not None:
                yield where

    def _first(self, term: Term, number: int) -> Where | None:
        names = tuple(step.name for step in term.pipeline)
        for label, name, value in collect(self.seen, term.target):
            target = f"{label}:{printable(name)}" if name else label
            if term.operator.of_list:
                pairs = len(list(collect(self.seen, term.target)))
                if not term.operator.holds(pairs):
                    return None
                return Where(target, "", value, (), (), value, (0, len(value)), negated=False, link=number)
            form = value
            for step in term.pipeline:
                form = step.apply(form)
            span = term.operator.find(form)
            if span is not None:
                steps = steps_to(value, term.pipeline, form)
                return Where(target, "", value, names, steps, form, span, negated=False, link=number)
        return None

    def chain(self, rule: ChainRule, machine: Machine) -> None:
        """A SecLang rule holds."""
        self.machine = machine
        captures = any(link.capture for link in rule.links)
        status = rule.status or (302 if rule.disruption == "redirect" else 403)
        blocks = "" if rule.disruption in ("pass", "allow") else f"{rule.disruption} {status}"
        self.found.append(
            Found(
                id=rule.id,
                title=printable(rule.message.expand(machine.look)) if rule.message is not None else "",
                language="seclang",
                file=rule.place.file,
                line=rule.place.line,
                phase=rule.phase.name.lower(),
                severity=SEVERITIES[rule.severity] if rule.severity is not None else "",
                tags=rule.tags,
                level=level_of(rule),
                score=machine.gained,
                blocks="drop" if rule.disruption == "drop" else blocks,
                wheres=tuple(self._where(rule, hold) for hold in machine.holds[:_WHERES]),
                shadow=machine.engine != "on",
                sums_up=is_about_variables(rule),
                captured=tuple(_captured(machine)) if captures else (),
                detail=printable(rule.logdata.expand(machine.look)) if rule.logdata is not None else "",
                reports=rule.log,
            )
        )

    def _where(self, rule: ChainRule, hold: Hold) -> Where:
        number = next(at for at, link in enumerate(rule.links) if link is hold.link or link.place == hold.link.place)
        text = self._texts.get(rule.number)
        asked = text.links[number].operation if text is not None and number < len(text.links) else None
        return Where(
            target=printable(hold.name),
            question="" if asked is None else str(replace(asked, name=spelled(asked.name))),
            value=hold.value,
            pipeline=tuple(seclang_name(step.name) for step in hold.link.pipeline),
            steps=steps_to(hold.value, hold.link.pipeline, hold.form, seclang=True),
            form=hold.form,
            span=hold.span,
            negated=hold.link.negated,
            link=number,
        )


def _captured(machine: Machine) -> Iterator[tuple[str, bytes]]:
    for digit in _DIGITS:
        value = machine.read("TX", digit)
        if value:
            yield f"TX:{digit.decode()}", value


def level_of(rule: ChainRule) -> int:
    """The paranoia level that a rule belongs to, by its tag or by the score that it adds to; 0 where nothing says so."""
    for tag in rule.tags:
        if tag.startswith(_LEVEL) and tag[len(_LEVEL) :].isdigit():
            return int(tag[len(_LEVEL) :])
    for link in rule.links:
        for effect in link.effects:
            if isinstance(effect, SetVar) and effect.key.constant is not None and effect.how == "add":
                stem, _, digit = effect.key.constant.rpartition(b"_pl")
                if stem.endswith(b"anomaly_score") and digit.isdigit():
                    return int(digit)
    return 0


def is_about_variables(rule: ChainRule) -> bool:
    """Whether nothing of a message is looked at, only what other rules left."""
    return not any(part.kind.sources for link in rule.links if link.selection is not None for part in link.selection.parts)
