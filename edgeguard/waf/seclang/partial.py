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

from edgeguard.waf.actions.setvar import SetVar
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.registry import make_seclang_operator
from edgeguard.waf.seclang.beaten_path import (
    all_values,
    changed_by_phase,
    is_idle,
    leaves,
    nothing_seen,
    settled_places,
    upsetting,
    walk,
)
from edgeguard.waf.seclang.compiler import asked
from edgeguard.waf.seclang.facts import DIGITS, Facts, is_about_variables, may_act_without_holding
from edgeguard.waf.seclang.follows import follows_from, reads_foreign_captures
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.seclang.observed import Observed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edgeguard.waf.actions.effect import Effect
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.facts import Writes
    from edgeguard.waf.seclang.macros import Reference
    from edgeguard.waf.targets.sources import Source


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


def settle(rules: Sequence[ChainRule]) -> Settled:
    """What `rules` come down to. Places are those of the list; a rule's `skip_to` is one of them."""
    about = [Facts(rule) for rule in rules]
    sequence = sorted(range(len(rules)), key=lambda place: (rules[place].phase, place))
    walk(about, sequence)
    known, alive = settled_places(about, sequence)
    changed = changed_by_phase(about, known, alive)
    asked_off_path = {place for place in alive if is_about_variables(about[place]) and not is_idle(about, place, known, alive)}
    stray_captures = any(reads_foreign_captures(about[place].rule) for place in alive)
    living = [about[place] for place in sorted(alive)]
    items = []
    for place in sequence:
        mine = about[place]
        variables = is_about_variables(mine)
        if place not in alive or (variables and place not in asked_off_path):
            continue
        altered = changed[mine.rule.phase]
        rule = _resolved(mine, altered)
        if not variables and _never_holds(rule, mine.base, altered):
            continue
        gated = 0 if variables else _gated_links(rule, captures_count=stray_captures)
        follows = None if variables or stray_captures else follows_from(rule, mine, living, altered)
        items.append(SettledRule(rule, place, mine.base, mine.beaten, variables, gated, follows, leaves(about, place)))
    return Settled(tuple(items), _observed(about, alive, asked_off_path))


def _observed(about: list[Facts], alive: set[int], asked_off_path: set[int]) -> Observed:
    names = {name for place in asked_off_path for name in about[place].reads}
    names |= {name for place in alive if _goes_without_saying(about[place]) for name in about[place].writes.names}
    searches = tuple(search for place in asked_off_path for search in about[place].searches)
    living = [about[place] for place in sorted(alive)]
    elsewhere = tuple((each.rule.number, search) for each in living if not each.variables_alone for search in each.searches)
    return Observed(frozenset(names), searches, elsewhere, upsetting(about, alive))


def _goes_without_saying(rule: Facts) -> bool:
    """Whether it writes variables on the beaten path without being asked."""
    return is_about_variables(rule) and (rule.held or may_act_without_holding(rule.rule))


def _resolved(mine: Facts, changed: Writes) -> ChainRule:
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


def _never_holds(rule: ChainRule, base: Mapping[bytes, bytes], changed: Writes) -> bool:
    """Whether a link about variables that nobody changes fails, before any other link has done something."""
    for link in rule.links:
        if link.selection is not None and link.operator is not None and not link.multi:
            parts = link.selection.parts
            constant = all(part.kind.name == "TX" and part.key is not None and not part.exclusions for part in parts)
            if constant and not any(changed.meet(part.key or b"") or part.key in DIGITS for part in parts):
                machine = Machine(nothing_seen(), Observed(), None, lambda: 0.0, lambda: None)
                if not machine.ask(replace(rule, links=(replace(link, effects=(), capture=False),)), base, all_values):
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
