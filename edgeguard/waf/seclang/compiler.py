"""From a program's rules to chains: names are bound to variables, transformations, operators and effects, and skips to places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edgeguard.waf import rule_files
from edgeguard.waf.actions.registry import make_effect
from edgeguard.waf.faults import Refused, RuleFault, RulesError, unknown
from edgeguard.waf.model import Target, Term
from edgeguard.waf.operators.seclang.no_match import NoMatch
from edgeguard.waf.operators.seclang.registry import SECLANG_OPERATORS, OperatorLeftOut, make_seclang_operator
from edgeguard.waf.operators.seclang.rx import Rx
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.chain import ChainLink, ChainRule, Question
from edgeguard.waf.seclang.macros import parse_template
from edgeguard.waf.seclang.spell import spell
from edgeguard.waf.seclang.syntax import Marker, Note, SecRule
from edgeguard.waf.targets.seclang.selection import Selection
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.registry import SECLANG, url_decode_uni_by
from edgeguard.waf.transformations.seclang.unicode_map import read_unicode_map

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.pcre import Translation
    from edgeguard.waf.seclang.chain import Disruption
    from edgeguard.waf.seclang.syntax import Configuration, Link, Operation, Place, Program
    from edgeguard.waf.targets.seclang.selection import Part
    from edgeguard.waf.transformations.registry import Transformation


@dataclass(frozen=True, slots=True)
class Compiled:
    """Rules in order, each with its place in the list as far as skips go; and what was accepted without an effect."""

    rules: tuple[ChainRule, ...]
    notes: tuple[Note, ...]


def compile_program(program: Program, known: MutableMapping[bytes, Translation] | None = None) -> Compiled:
    """The rules of `program`.

    Args:
        program: what was read.
        known: translations of patterns from an earlier start; new ones are put there.

    Raises:
        RulesError: names that nobody knows, or arguments that make no sense; all of them at once.
    """
    binder = _Binder(program, known)
    faults: list[RuleFault] = []
    rules: list[ChainRule] = []
    places: list[int] = []  # of each item of the program, the number of rules before it
    compiled: list[tuple[SecRule, int]] = []
    for item in program.items:
        places.append(len(compiled))
        if isinstance(item, SecRule):
            compiled.append((item, len(places) - 1))
    for rule, at in compiled:
        try:
            rules.append(binder.rule(rule, _skip_to(rule, at, program, places, len(compiled))))
        except _At as error:
            faults.append(RuleFault(error.place.file, error.place.line, str(error)))
    if faults:
        raise RulesError(faults)
    return Compiled(tuple(rules), tuple(binder.notes))


class _At(Refused):
    """A part of a rule that makes no sense, and where it stands."""

    def __init__(self, place: Place, text: str) -> None:
        super().__init__(text)
        self.place = place


def _skip_to(rule: SecRule, at: int, program: Program, places: list[int], end: int) -> int:
    """The place of the first rule that is asked again once `rule` held; 0 where nothing is skipped."""
    if rule.skip_after:
        for later in range(at + 1, len(program.items)):
            item = program.items[later]
            if (isinstance(item, Marker) and item.name == rule.skip_after) or (
                isinstance(item, SecRule) and str(item.id) == rule.skip_after
            ):
                return places[later] + (1 if isinstance(item, SecRule) else 0)
        return end
    if rule.skip:
        left = rule.skip
        for later in range(at + 1, len(program.items)):
            item = program.items[later]
            if isinstance(item, SecRule) and item.phase == rule.phase:
                if not left:
                    return places[later]
                left -= 1
        return end
    return 0


class _Binder:
    """Binds the names of one program's rules."""

    def __init__(self, program: Program, known: MutableMapping[bytes, Translation] | None) -> None:
        self._known = known
        self.notes: list[Note] = []
        self._folders = program.folders
        self._steps = _steps(program.configuration)

    def rule(self, rule: SecRule, skip_to: int) -> ChainRule:
        phase = Phase(rule.phase - 1)
        disruption = cast("Disruption", rule.disruptive.name)
        argument = rule.disruptive.argument
        return ChainRule(
            id=str(rule.id),
            number=rule.id,
            phase=phase,
            links=tuple(self._link(link, phase) for link in rule.links),
            place=rule.place,
            disruption=disruption,
            scope=(argument or "").lower() if disruption == "allow" else "",
            status=rule.status,
            location=parse_template(argument) if disruption == "redirect" and argument else None,
            skip_to=skip_to,
            severity=rule.severity,
            message=parse_template(rule.message) if rule.message else None,
            logdata=parse_template(rule.logdata) if rule.logdata else None,
            tags=rule.tags,
            log=rule.log,
            revision=rule.revision,
            title=rule.message,
            canonical=spell(rule),
        )

    def _link(self, link: Link, phase: Phase) -> ChainLink:
        try:
            effects = tuple(make_effect(action.name, action.argument) for action in link.actions)
            pipeline = tuple(map(self._transformation, link.transformations))
            if link.operation is None:
                return ChainLink(link.place, effects=effects)
            selection = Selection(link.variables)
            bound = ChainLink(
                link.place,
                selection,
                pipeline,
                negated=link.operation.negated,
                capture=link.capture,
                multi=link.multi_match,
                effects=effects,
            )
            self.notes += [Note(link.place, text) for text in selection.notes]
            return self._asking(bound, link.operation, phase)
        except Refused as error:
            raise _At(link.place, str(error)) from None

    def _asking(self, bound: ChainLink, operation: Operation, phase: Phase) -> ChainLink:
        """The link with its operator. One that is known and not here holds for nothing, and is told of."""
        folder = Path(self._folders.get(bound.place.file) or Path(bound.place.file).parent)
        argument = parse_template(operation.argument)
        raw = operation.argument.encode("utf-8", "surrogateescape")
        try:
            if argument.constant is None and operation.name in SECLANG_OPERATORS:
                return replace(bound, question=Question(operation.name, argument, folder))
            operator = make_seclang_operator(operation.name, raw, folder, self._known)
        except OperatorLeftOut as reason:
            self.notes.append(Note(bound.place, f"never holds here: {reason}"))
            return asked(replace(bound, negated=False), NoMatch(b""), phase)
        return asked(bound, operator, phase)

    def _transformation(self, name: str) -> Transformation:
        step = self._steps.get(name)
        if step is None:
            raise Refused(unknown("transformation", name, self._steps))
        return step


def _steps(configuration: Configuration) -> dict[str, Transformation]:
    """All transformations, with the map of characters that the script names.

    Raises:
        RulesError: the map can't be read.
    """
    if not configuration.unicode_map_file:
        return SECLANG
    page = configuration.unicode_code_page
    try:
        text = rule_files.content(Path(configuration.unicode_map_file)).decode("utf-8", "replace")
        return {**SECLANG, "urldecodeuni": url_decode_uni_by(page, read_unicode_map(text, page))}
    except (OSError, Refused, ValueError) as error:
        raise RulesError([RuleFault(configuration.unicode_map_file, 1, f"no map of characters can be read: {error}")]) from None


def asked(link: ChainLink, operator: Operator, phase: Phase) -> ChainLink:
    """The link with its operator, and with its terms where the gate can be asked for it."""
    if link.negated and isinstance(operator, Rx):
        operator = operator.negated()
    asking = replace(link, operator=operator, question=None)
    if link.selection is None or not all(_settled(part, phase) for part in link.selection.parts):
        return asking
    terms = tuple(_term(part, asking, phase) for part in link.selection.parts)
    return replace(asking, terms=terms)


def _settled(part: Part, phase: Phase) -> bool:
    """Whether the variable's values are the message's alone, and do not change while the rules of `phase` are evaluated."""
    kind = part.kind
    if part.count and part.search is not None:  # the gate counts by name alone
        return False
    return bool(kind.sources) and not kind.dynamic and not (kind.unsettled and phase is Phase.REQUEST_HEAD)


def _term(part: Part, link: ChainLink, phase: Phase) -> Term:
    if link.operator is None:
        raise AssertionError("a term needs an operator")
    is_path = part.kind.sources == (Source.XML,)
    target = Target(
        name=part.written.decode(),
        sources=part.kind.sources,
        key=part.key,
        without=frozenset(one.key for one in part.exclusions if one.key is not None) if not part.count else frozenset(),
        count=part.count,
        path=(part.selector or "/*") if is_path else "",
        otherwise=None if part.kind.collection else part.kind.otherwise,
    )
    return Term(target, link.pipeline, link.operator, link.negated, link.multi, phase)
