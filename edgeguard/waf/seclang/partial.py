"""Partial evaluation: what rules about variables alone come down to, where the settings of a script are constants.

A script sets variables (`tx.detection_paranoia_level=1`), and later rules look at nothing else: they jump over what is not
wanted, and compare scores with thresholds. Such rules are evaluated here, once, for the case that nothing is found in a message:
that gives the beaten path, with the variables at each rule. What of it holds in any case follows from what may be written by
rules that look at messages: a rule about variables that nobody may have changed is known for good, and what it jumps over is
dropped with all its patterns. The others are asked only where a transaction has left the path.

Sound where it must be: a variable counts as changed where a rule that is not known may write it, where a jump that is not known
may pass over its assignment, where a rule that ends a phase or the exchange may (for the phases that are asked even so), and
where `ctl` may take the assignment away. A transaction that does any of this leaves the path as one does that writes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edgeguard.message import Client, Headers, Request
from edgeguard.waf.actions.ctl import Control
from edgeguard.waf.actions.setvar import SetVar
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.registry import make_seclang_operator
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.compiler import asked
from edgeguard.waf.seclang.machine import Machine, last_phase
from edgeguard.waf.seclang.observed import Observed
from edgeguard.waf.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edgeguard.waf.actions.effect import Effect, Removal
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.macros import Reference, Template
    from edgeguard.waf.targets.seclang.selection import Part
    from edgeguard.waf.targets.sources import Source

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
        follows_from: the lists from which alone it follows that it does not hold, and does nothing then; None where more counts.
        leaves: its holding passes over rules that do something where nothing is found.
    """

    rule: ChainRule
    order: int
    base: Mapping[bytes, bytes]
    beaten: bool
    about_variables: bool
    gated_links: int
    follows_from: frozenset[Source] | None
    leaves: bool


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What a script comes down to: rules in order, and what those about variables look at."""

    items: tuple[SettledRule, ...]
    observed: Observed


@dataclass(slots=True)
class _Writes:
    """Names of TX that may be written."""

    names: set[bytes]
    prefixes: set[bytes]

    def meet(self, name: bytes) -> bool:
        return name in self.names or any(name.startswith(prefix) for prefix in self.prefixes)

    def take(self, other: _Writes) -> None:
        self.names |= other.names
        self.prefixes |= other.prefixes


class _About:
    """What can be told of a rule by itself."""

    __slots__ = (
        "base",
        "beaten",
        "controls",
        "held",
        "moves",
        "reads",
        "removals",
        "rule",
        "searches",
        "variables_alone",
        "writes",
    )

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
        self.moves = False  # on the beaten path, it changes variables, or what is asked next
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
            if part.kind.name != "TX":
                continue
            if part.key is not None:
                self.reads.add(part.key)
            elif part.search is not None:
                self.searches.append(part.search)
            else:
                self.searches.append(_any)

    def _effect(self, effect: Effect) -> None:
        self.controls = self.controls or isinstance(effect, Control)
        if effect.removal is not None and (not effect.removal.exclusions or _is_about_tx(effect.removal)):
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
        rule = self.rule
        return not rule.log and rule.disruption == "pass" and rule.severity is None and not self.controls

    def reads_any(self, writes: _Writes) -> bool:
        if any(writes.meet(name) for name in self.reads):
            return True
        return any(search(name) is not None for search in self.searches for name in writes.names) or (
            bool(self.searches) and bool(writes.prefixes)
        )


def _any(_: bytes) -> object:
    return True


def _is_about_tx(removal: Removal) -> bool:
    """Whether it takes variables from a rule, so that one which held where nothing is found may hold no more."""
    return any(left_out.kind == "TX" for left_out in removal.exclusions)


def settle(rules: Sequence[ChainRule]) -> Settled:
    """What `rules` come down to. Places are those of the list; a rule's `skip_to` is one of them."""
    about = [_About(rule) for rule in rules]
    sequence = sorted(range(len(rules)), key=lambda place: (rules[place].phase, place))
    _walk(about, sequence)
    known, alive = _known(about, sequence)
    changed = _changed(about, known, alive)
    asked_off_path = {place for place in alive if _is_about_variables(about[place]) and not _is_idle(about, place, known, alive)}
    stray_captures = any(_reads_foreign_captures(about[place].rule) for place in alive)
    living = [about[place] for place in sorted(alive)]
    items = []
    for place in sequence:
        mine = about[place]
        variables = _is_about_variables(mine)
        if place not in alive or (variables and place not in asked_off_path):
            continue
        altered = changed[mine.rule.phase]
        rule = _resolved(mine, altered)
        if not variables and _never_holds(rule, mine.base, altered):
            continue
        gated = 0 if variables else _gated_links(rule, captures_count=stray_captures)
        follows = None if variables or stray_captures else _follows_from(rule, mine, living, altered)
        items.append(SettledRule(rule, place, mine.base, mine.beaten, variables, gated, follows, _leaves(about, place)))
    return Settled(tuple(items), _observed(about, alive, asked_off_path))


def _observed(about: list[_About], alive: set[int], asked_off_path: set[int]) -> Observed:
    names = {name for place in asked_off_path for name in about[place].reads}
    names |= {name for place in alive if _goes_without_saying(about[place]) for name in about[place].writes.names}
    searches = tuple(search for place in asked_off_path for search in about[place].searches)
    living = [about[place] for place in sorted(alive)]
    elsewhere = tuple((each.rule.number, search) for each in living if not each.variables_alone for search in each.searches)
    return Observed(frozenset(names), searches, elsewhere, _upsetting(about, alive))


def _goes_without_saying(rule: _About) -> bool:
    """Whether it writes variables on the beaten path without being asked."""
    return _is_about_variables(rule) and (rule.held or _may_act_without_holding(rule.rule))


def _is_about_variables(rule: _About) -> bool:
    """Whether all of it is known on the beaten path: it looks at variables alone, and where it held, nobody needs to be told."""
    if not rule.held and not (rule.controls and _may_act_without_holding(rule.rule)):
        return rule.variables_alone
    return rule.variables_alone and rule.is_silent


def _walk(about: list[_About], sequence: Sequence[int]) -> None:
    """Go the beaten path: rules about variables are evaluated, all others do not hold."""
    machine = Machine(_nothing(), Observed(), None, lambda: 0.0, lambda: None)
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
        mine.moves = now != base or (mine.held and mine.rule.skip_to > 0)
        if now != base:
            base = now


def _nothing() -> Seen:
    return Seen(Request(b"", b"", b"", None, b"", b"", Headers()), Client("", ""))


def _everything(_: ChainLink) -> set[bytes] | None:
    return None


def _known(about: list[_About], sequence: Sequence[int]) -> tuple[set[int], set[int]]:
    """Places of the rules whose outcome is the same on every path, and of those that some path leads to."""
    known = {place for place, mine in enumerate(about) if _is_about_variables(mine)}
    while True:
        alive = _alive(about, known, sequence)
        changed = _changed(about, known, alive)
        doubtful = {
            place
            for place in known & alive
            if about[place].reads_any(changed[about[place].rule.phase]) or not about[place].beaten
        }
        if not doubtful:
            return known, alive
        known -= doubtful


def _alive(about: list[_About], known: set[int], sequence: Sequence[int]) -> set[int]:
    """Places that can be reached: not passed over by a jump that is known to be made."""
    revived: set[int] = set()
    while True:
        alive = _reached(about, known, sequence, revived)
        back = _revived(about, known, alive)
        if back <= revived:
            return alive
        revived |= back


def _reached(about: list[_About], known: set[int], sequence: Sequence[int], revived: set[int]) -> set[int]:
    """The same, where it is given which places are reached in spite of such a jump."""
    alive: set[int] = set()
    dead_until: dict[Phase, int] = {}
    landings: dict[Phase, list[int]] = {}
    for place in sequence:
        rule = about[place].rule
        dead = place < dead_until.get(rule.phase, 0) and place not in revived
        if dead and not any(landing <= place for landing in landings.get(rule.phase, ())):
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
            if _meets(removal, rule):
                back |= {
                    later
                    for later in range(place + 1, rule.skip_to)
                    if about[later].rule.phase is rule.phase and (removal.exclusions or not _meets(removal, about[later].rule))
                }
    return back


def _meets(removal: Removal, rule: ChainRule) -> bool:
    return removal.meets(rule.number, rule.tags, rule.title)


def _changed(about: list[_About], known: set[int], alive: set[int]) -> dict[Phase, _Writes]:
    """For rules of each phase, names that may have another value than on the beaten path."""
    changed = _Writes(set(), set())
    for place in alive - known:
        rule = about[place].rule
        changed.take(about[place].writes)
        for later in range(place + 1, rule.skip_to):
            if later in known and about[later].rule.phase is rule.phase:
                changed.take(about[later].writes)
    removals = [(place, removal) for place in alive for removal in about[place].removals]
    for place in known & alive:
        rule = about[place].rule
        if any(_later(rule, place, about[at].rule, at) and _meets(removal, rule) for at, removal in removals):
            changed.take(about[place].writes)
    by_phase = {phase: _Writes({*changed.names}, {*changed.prefixes}) for phase in Phase}
    first: dict[Phase, tuple[Phase, int]] = {}  # by the last phase that it passes over, the first rule that ends something
    for place in alive - known:
        rule = about[place].rule
        if rule.disruption != "pass" and rule.phase is not Phase.LOGGING:
            last = last_phase(rule.scope, rule.phase)
            first[last] = min(first.get(last, (rule.phase, place)), (rule.phase, place))
    for last, begin in first.items():
        for place in known & alive:
            mine = about[place]
            if begin < (mine.rule.phase, place) and mine.rule.phase <= last:
                for phase in Phase:
                    if phase > last:
                        by_phase[phase].take(mine.writes)
    return by_phase


def _later(rule: ChainRule, place: int, other: ChainRule, other_place: int) -> bool:
    return (rule.phase, place) > (other.phase, other_place)


def _leaves(about: list[_About], place: int) -> bool:
    """Whether a rule's holding passes over something that is done on the beaten path."""
    rule = about[place].rule
    if rule.disruption != "pass":
        return True
    return any(about[later].moves and about[later].rule.phase is rule.phase for later in range(place + 1, rule.skip_to))


def _upsetting(about: list[_About], alive: set[int]) -> frozenset[Removal]:
    """Removals that take away what is done on the beaten path."""
    moving = [(place, each.rule) for place, each in enumerate(about) if each.moves]
    return frozenset(
        removal
        for at in alive
        for removal in about[at].removals
        if any(_later(rule, place, about[at].rule, at) and _meets(removal, rule) for place, rule in moving)
    )


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


def _resolved(mine: _About, changed: _Writes) -> ChainRule:
    """The rule with what is constant put in: macros of variables that nobody changes, itself included."""
    rule = mine.rule

    def known(reference: Reference) -> bytes | None:
        if not reference.is_tx or changed.meet(reference.key) or mine.writes.meet(reference.key):
            return None
        return mine.base.get(reference.key, b"")

    links = []
    for link in rule.links:
        bound = replace(link, effects=tuple(_settled_effect(effect, known) for effect in link.effects))
        if link.question is not None:
            argument = link.question.argument.settled(known)
            if argument.constant is not None:
                with suppress(Refused):  # what makes no operator holds for nothing, and is asked as it stands
                    operator = make_seclang_operator(link.question.name, argument.constant, link.question.folder)
                    bound = asked(bound, operator, rule.phase)
        links.append(bound)
    return replace(rule, links=tuple(links))


def _settled_effect(effect: Effect, known: Callable[[Reference], bytes | None]) -> Effect:
    if isinstance(effect, SetVar):
        return replace(effect, value=effect.value.settled(known))
    return effect


def _never_holds(rule: ChainRule, base: Mapping[bytes, bytes], changed: _Writes) -> bool:
    """Whether a link about variables that nobody changes fails, before any other link has done something."""
    for link in rule.links:
        if link.selection is not None and link.operator is not None and not link.multi:
            parts = link.selection.parts
            constant = all(part.kind.name == "TX" and part.key is not None and not part.exclusions for part in parts)
            if constant and not any(changed.meet(part.key or b"") or part.key in _DIGITS for part in parts):
                machine = Machine(_nothing(), Observed(), None, lambda: 0.0, lambda: None)
                if not machine.ask(replace(rule, links=(replace(link, effects=(), capture=False),)), base, _everything):
                    return True
        if link.effects or link.capture:
            return False
    return False


def _gated_links(rule: ChainRule, *, captures_count: bool) -> int:
    """Links up to the first that does something by itself."""
    for place, link in enumerate(rule.links):
        if link.effects or (captures_count and link.capture):
            return place + 1
    return len(rule.links)


def _reads_foreign_captures(rule: ChainRule) -> bool:
    """Whether the rule looks at TX:0 to TX:9 before one of its own links has captured."""
    for link in rule.links:
        reads = set() if link.question is None else {reference.key for reference in link.question.argument.references}
        for part in link.selection.parts if link.selection is not None else ():
            if part.kind.name == "TX":
                reads |= {digit for digit in _DIGITS if part.admits(digit)}
        if link.capture and not link.negated and not reads & _DIGITS:
            return False
        reads |= {reference.key for effect in link.effects for template in effect.templates for reference in template.references}
        if reads & _DIGITS:
            return True
    return False


def _follows_from(rule: ChainRule, mine: _About, living: Sequence[_About], changed: _Writes) -> frozenset[Source] | None:
    """The lists from which it follows whether `rule` holds, if it does nothing that others notice as long as it does not.

    What it looks at besides must be constant, or its own: variables that it alone writes, and that nobody else reads by name.
    Whether somebody reads them by a pattern is told when they are written (`Observed.noticed`).
    """
    others = [each for each in living if each is not mine]
    sources: set[Source] = set()
    for at, link in enumerate(rule.links):
        references = list(link.question.argument.references) if link.question is not None else []
        for effect in link.effects:
            references += [reference for template in effect.templates for reference in template.references]
            if at < len(rule.links) - 1 and not _is_private(effect, others):
                return None
        for reference in references:
            if not reference.is_tx:
                if reference.collection not in ("MATCHED_VAR", "MATCHED_VAR_NAME"):
                    return None
            elif reference.key not in _DIGITS and changed.meet(reference.key) and not mine.writes.meet(reference.key):
                return None
        for part in link.selection.parts if link.selection is not None else ():
            if part.kind.sources and not part.kind.unsettled:
                sources |= set(part.kind.sources)
            elif part.kind.name == "TX" and not part.exclusions:
                if not _own_or_constant(part, mine, others, changed):
                    return None
            elif part.kind.name not in ("MATCHED_VAR", "MATCHED_VARS", "MATCHED_VAR_NAME", "MATCHED_VARS_NAMES"):
                return None
    return frozenset(sources) or None


def _own_or_constant(part: Part, mine: _About, others: Sequence[_About], changed: _Writes) -> bool:
    """Whether a variable has the same value on every path, or one that only the rule itself gave it."""
    if part.key is not None:
        if part.key in _DIGITS or not changed.meet(part.key):
            return True
        return not any(each.writes.meet(part.key) for each in others)
    begins = _literal_start(part)
    if not begins:
        return False
    return not any(
        _overlap(begins, name) for each in others for name in (*each.writes.names, *each.writes.prefixes) if name not in _DIGITS
    ) and bool(mine.writes.prefixes)


def _is_private(effect: Effect, others: Sequence[_About]) -> bool:
    """Whether an effect writes only what no other rule reads."""
    writes = effect.writes
    if not isinstance(effect, SetVar) or writes is None or writes.collection != "TX" or not writes.key:
        return effect.name == "ctl" and effect.removal is None and not isinstance(effect, Control)
    for each in others:
        if writes.key in each.reads or (not writes.exact and any(name.startswith(writes.key) for name in each.reads)):
            return False
    return True


def _overlap(one: bytes, other: bytes) -> bool:
    """Whether a name may begin with both."""
    return one.startswith(other) or other.startswith(one)


def _literal_start(part: Part) -> bytes:
    """What every name begins with that the part's pattern takes; empty where that can't be told at a glance."""
    text = (part.selector or "").strip("/").encode()
    if not text.startswith(b"^"):
        return b""
    body = text[1:].lower()
    return body[: len(body) - len(body.lstrip(_PLAIN))] if b"|" not in body else b""


_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789_"
