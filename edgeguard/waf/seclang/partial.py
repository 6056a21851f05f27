"""Partial evaluation: what rules about variables alone come down to, where the settings of a script are constants.

A script sets variables (`tx.detection_paranoia_level=1`), and later rules look at nothing else: they jump over what is not
wanted, and compare scores with thresholds. Such rules are evaluated here, once, for the case that nothing is found in a message:
that gives the beaten path, with the variables at each rule. What of it holds in any case follows from what may be written by
rules that look at messages: a rule about variables that nobody may have changed is known for good, and what it jumps over is
dropped with all its patterns. The others are asked only where a transaction has left the path.

Sound where it must be: a variable counts as changed where a rule that is not known may write it, where a jump that is not known
may pass over its assignment, and where `ctl` may take the assignment away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edgeguard.message import Client, Headers, Request
from edgeguard.waf.actions.ctl import Control
from edgeguard.waf.actions.setvar import SetVar
from edgeguard.waf.operators.seclang.registry import make_seclang_operator
from edgeguard.waf.seclang.compiler import asked
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.seclang.observed import Observed
from edgeguard.waf.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edgeguard.waf.actions.effect import Effect, Removal
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.macros import Reference, Template

_DIGITS = frozenset(b"%d" % digit for digit in range(10))


@dataclass(frozen=True, slots=True, eq=False)
class SettledRule:
    """A rule that may hold.

    Attributes:
        order: its place.
        base: the variables just before it, on the beaten path.
        beaten: whether the path leads to it.
        about_variables: it looks at variables alone, and is known on the path; it is asked only off the path.
        gated_links: how many of its links, from the first on, must all hold before anything is done.
    """

    rule: ChainRule
    order: int
    base: Mapping[bytes, bytes]
    beaten: bool
    about_variables: bool
    gated_links: int


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What a script comes down to: rules in order, and what those about variables look at."""

    items: tuple[SettledRule, ...]
    observed: Observed
    dropped: int


@dataclass(slots=True)
class _Writes:
    """Names of TX that may be written."""

    names: set[bytes]
    prefixes: set[bytes]

    def meet(self, name: bytes) -> bool:
        return name in self.names or any(name.startswith(prefix) for prefix in self.prefixes)


class _About:
    """What can be told of a rule by itself."""

    __slots__ = ("base", "beaten", "controls", "held", "reads", "removals", "rule", "searches", "variables_alone", "writes")

    def __init__(self, rule: ChainRule) -> None:
        self.rule = rule
        self.reads: set[bytes] = set()
        self.searches: list[Callable[[bytes], object]] = []
        self.writes = _Writes(set(), set())
        self.removals: list[Removal] = []
        self.variables_alone = True
        self.base: Mapping[bytes, bytes] = {}
        self.beaten = False
        self.held = False
        self.controls = False
        for link in rule.links:
            self._look(link)
            for effect in link.effects:
                self._effect(effect)
            if link.capture:
                self.writes.names |= _DIGITS

    def _look(self, link: ChainLink) -> None:
        if link.question is not None:
            self._references(link.question.argument)
        for part in link.selection.parts if link.selection is not None else ():
            if part.kind.name != "TX" or part.exclusions:
                self.variables_alone = False
            elif part.key is not None:
                self.reads.add(part.key)
            elif part.search is not None:
                self.searches.append(part.search)
            else:
                self.searches.append(_any)

    def _effect(self, effect: Effect) -> None:
        self.controls = self.controls or isinstance(effect, Control)
        if effect.removal is not None and not effect.removal.exclusions:
            self.removals.append(effect.removal)
        for template in effect.templates:
            self._references(template)
        if effect.writes is not None and effect.writes.collection == "TX":
            (self.writes.names if effect.writes.exact else self.writes.prefixes).add(effect.writes.key)
            if isinstance(effect, SetVar) and effect.how in ("add", "subtract"):
                self.reads.add(effect.writes.key)
            if not effect.writes.exact:
                self.variables_alone = False
        else:
            self.variables_alone = self.variables_alone and effect.name == "ctl" and effect.removal is None

    def _references(self, template: Template) -> None:
        for reference in template.references:
            if reference.is_tx:
                self.reads.add(reference.key)
            else:
                self.variables_alone = False

    @property
    def is_silent(self) -> bool:
        """Whether its holding is told to nobody, stops nothing and changes no setting."""
        return not self.rule.log and self.rule.disruption == "pass" and not self.controls

    def reads_any(self, writes: _Writes) -> bool:
        if any(writes.meet(name) for name in self.reads):
            return True
        return any(search(name) is not None for search in self.searches for name in writes.names) or (
            bool(self.searches) and bool(writes.prefixes)
        )


def _any(_: bytes) -> object:
    return True


def settle(rules: Sequence[ChainRule]) -> Settled:
    """What `rules` come down to. Places are those of the list; a rule's `skip_to` is one of them."""
    about = [_About(rule) for rule in rules]
    sequence = sorted(range(len(rules)), key=lambda place: (rules[place].phase, place))
    _walk(about, sequence)
    known, alive = _known(about, sequence)
    changed = _changed(about, known, alive)
    asked_off_path = {place for place in alive if _is_about_variables(about[place]) and not _is_idle(about, place, known, alive)}
    names = {name for place in asked_off_path for name in about[place].reads | about[place].writes.names}
    searches = tuple(search for place in asked_off_path for search in about[place].searches)
    stray_captures = any(_reads_foreign_captures(each.rule) for each in about)
    items = []
    for place in sequence:
        mine = about[place]
        variables = _is_about_variables(mine)
        if place not in alive or (variables and place not in asked_off_path):
            continue
        rule = _resolved(mine.rule, mine.base, changed)
        gated = 0 if variables else _gated_links(rule, captures_count=stray_captures)
        items.append(SettledRule(rule, place, mine.base, mine.beaten, variables, gated))
    return Settled(tuple(items), Observed(frozenset(names), searches), len(rules) - len(items))


def _is_about_variables(rule: _About) -> bool:
    """Whether all of it is known on the beaten path: it looks at variables alone, and where it held, nobody needs to be told."""
    return rule.variables_alone and (not rule.held or rule.is_silent)


def _walk(about: list[_About], sequence: Sequence[int]) -> None:
    """Go the beaten path: rules about variables are evaluated, all others do not hold."""
    nothing = Seen(Request(b"", b"", b"", None, b"", b"", Headers()), Client("", ""))
    machine = Machine(nothing, Observed(), None, lambda: 0.0, lambda: None)
    base: Mapping[bytes, bytes] = {}
    phase, resume = None, 0
    for place in sequence:
        mine = about[place]
        if mine.rule.phase is not phase:
            phase, resume = mine.rule.phase, 0
        mine.base = base
        if place < resume:
            continue
        mine.beaten = True
        if not mine.variables_alone:
            continue
        mine.held = machine.ask(mine.rule, {}, _everything)
        if mine.held and mine.rule.skip_to:
            resume = mine.rule.skip_to
        now = machine.variables()
        if now != base:
            base = now


def _everything(_: ChainLink) -> set[bytes] | None:
    return None


def _known(about: list[_About], sequence: Sequence[int]) -> tuple[set[int], set[int]]:
    """Places of the rules whose outcome is the same on every path, and of those that some path leads to."""
    known = {place for place, mine in enumerate(about) if _is_about_variables(mine)}
    while True:
        alive = _alive(about, known, sequence)
        changed = _changed(about, known, alive)
        doubtful = {place for place in known & alive if about[place].reads_any(changed) or not about[place].beaten}
        if not doubtful:
            return known, alive
        known -= doubtful


def _alive(about: list[_About], known: set[int], sequence: Sequence[int]) -> set[int]:
    """Places that can be reached: not passed over by a jump that is known to be made."""
    alive: set[int] = set()
    dead_until: dict[int, int] = {}  # by phase
    landings: dict[int, list[int]] = {}
    for place in sequence:
        rule = about[place].rule
        if place < dead_until.get(rule.phase, 0) and not any(landing <= place for landing in landings.get(rule.phase, ())):
            continue
        alive.add(place)
        if not rule.skip_to:
            continue
        if place in known:
            if about[place].held:
                dead_until[rule.phase] = rule.skip_to
                landings[rule.phase] = [landing for landing in landings.get(rule.phase, ()) if landing > place]
        else:
            landings.setdefault(rule.phase, []).append(rule.skip_to)
    while not (back := _revived(about, known, alive)) <= alive:
        alive |= back
    return alive


def _revived(about: list[_About], known: set[int], alive: set[int]) -> set[int]:
    """Rules behind a known jump that `ctl` may take away, unless it takes them away as well."""
    removals = [removal for place in alive for removal in about[place].removals]
    back: set[int] = set()
    for place in known & alive:
        rule = about[place].rule
        if not rule.skip_to or not about[place].held:
            continue
        for removal in removals:
            if removal.meets(rule.number, rule.tags, rule.title):
                back |= {
                    later
                    for later in range(place + 1, rule.skip_to)
                    if about[later].rule.phase is rule.phase and not _meets(removal, about[later].rule)
                }
    return back


def _meets(removal: Removal, rule: ChainRule) -> bool:
    return removal.meets(rule.number, rule.tags, rule.title)


def _changed(about: list[_About], known: set[int], alive: set[int]) -> _Writes:
    """Names that may have another value than on the beaten path."""
    changed = _Writes(set(), set())

    def add(rules: Iterable[int]) -> None:
        for place in rules:
            changed.names |= about[place].writes.names
            changed.prefixes |= about[place].writes.prefixes

    add(alive - known)
    for place in alive - known:
        rule = about[place].rule
        if rule.skip_to:
            add(later for later in range(place + 1, rule.skip_to) if later in known and about[later].rule.phase is rule.phase)
    removals = [(place, removal) for place in alive for removal in about[place].removals]
    for place in known & alive:
        rule = about[place].rule
        if any(_later(rule, place, about[at].rule, at) and _meets(removal, rule) for at, removal in removals):
            add((place,))
    return changed


def _later(rule: ChainRule, place: int, other: ChainRule, other_place: int) -> bool:
    return (rule.phase, place) > (other.phase, other_place)


def _is_idle(about: list[_About], place: int, known: set[int], alive: set[int]) -> bool:
    """Whether a rule that is known does nothing wherever it is asked: it never holds, or jumps over what is gone anyway."""
    mine = about[place]
    if place not in known:
        return False
    if not mine.held:
        return not _may_act_without_holding(mine.rule)
    if any(link.effects for link in mine.rule.links):
        return False
    return not any(later in alive for later in range(place + 1, mine.rule.skip_to))


def _may_act_without_holding(rule: ChainRule) -> bool:
    """Whether a link before the last has effects, so that something is done though the chain does not hold."""
    return any(link.effects or link.capture for link in rule.links[:-1])


def _resolved(rule: ChainRule, base: Mapping[bytes, bytes], changed: _Writes) -> ChainRule:
    """The rule with what is constant put in: macros of variables that nobody changes."""

    def known(reference: Reference) -> bytes | None:
        if not reference.is_tx or changed.meet(reference.key):
            return None
        return base.get(reference.key, b"")

    links = []
    for link in rule.links:
        bound = replace(link, effects=tuple(_settled_effect(effect, known) for effect in link.effects))
        if link.question is not None:
            argument = link.question.argument.settled(known)
            if argument.constant is not None:
                operator = make_seclang_operator(link.question.name, argument.constant, link.question.folder)
                bound = asked(bound, operator, rule.phase)
        links.append(bound)
    return replace(rule, links=tuple(links))


def _settled_effect(effect: Effect, known: Callable[[Reference], bytes | None]) -> Effect:
    if isinstance(effect, SetVar):
        return replace(effect, value=effect.value.settled(known))
    return effect


def _gated_links(rule: ChainRule, *, captures_count: bool) -> int:
    """Links up to the first that does something by itself."""
    for place, link in enumerate(rule.links):
        if link.effects or (captures_count and link.capture):
            return place + 1
    return len(rule.links)


def _reads_foreign_captures(rule: ChainRule) -> bool:
    """Whether the rule looks at TX:0 to TX:9 before one of its own links has captured."""
    for link in rule.links:
        reads = {reference.key for effect in link.effects for template in effect.templates for reference in template.references}
        if link.question is not None:
            reads |= {reference.key for reference in link.question.argument.references}
        for part in link.selection.parts if link.selection is not None else ():
            if part.kind.name == "TX":
                reads |= _DIGITS if part.key is None else {part.key}
        if reads & _DIGITS and not link.capture:
            return True
        if link.capture:
            return False
    return False
