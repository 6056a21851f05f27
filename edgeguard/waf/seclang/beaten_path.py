"""The way that a transaction takes through the rules where nothing is found in a message, and what may lead off it.

Rules about variables alone are evaluated, once, and all others do not hold: that gives the variables at each rule. A rule about
variables that nobody may have changed is known for good, and what it jumps over cannot be reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.message import Client, Headers, Request
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.facts import Writes, is_about_variables, may_act_without_holding
from edgeguard.waf.seclang.machine import Machine, last_phase
from edgeguard.waf.seclang.observed import Observed
from edgeguard.waf.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgeguard.waf.actions.effect import Removal
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.facts import Facts


def walk(about: list[Facts], sequence: Sequence[int]) -> None:
    """Go the beaten path: rules about variables are evaluated, all others do not hold."""
    machine = Machine(nothing_seen(), Observed(), None, lambda: 0.0, lambda: None)
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
        mine.held = machine.ask(mine.rule, {}, all_values)
        if mine.held and mine.rule.skip_to:
            resume = mine.rule.skip_to
        now = machine.variables()
        mine.moves = now != base or (mine.held and mine.rule.skip_to > 0)
        if now != base:
            base = now


def nothing_seen() -> Seen:
    return Seen(Request(b"", b"", b"", None, b"", b"", Headers()), Client("", ""))


def all_values(_: ChainLink) -> set[bytes] | None:
    return None


def settled_places(about: list[Facts], sequence: Sequence[int]) -> tuple[set[int], set[int]]:
    """Places of the rules whose outcome is the same on every path, and of those that some path leads to."""
    known = {place for place, mine in enumerate(about) if is_about_variables(mine)}
    while True:
        alive = _alive(about, known, sequence)
        changed = changed_by_phase(about, known, alive)
        doubtful = {
            place
            for place in known & alive
            if about[place].reads_any(changed[about[place].rule.phase]) or not about[place].beaten
        }
        if not doubtful:
            return known, alive
        known -= doubtful


def _alive(about: list[Facts], known: set[int], sequence: Sequence[int]) -> set[int]:
    """Places that can be reached: not passed over by a jump that is known to be made."""
    revived: set[int] = set()
    while True:
        alive = _reached(about, known, sequence, revived)
        back = _revived(about, known, alive)
        if back <= revived:
            return alive
        revived |= back


def _reached(about: list[Facts], known: set[int], sequence: Sequence[int], revived: set[int]) -> set[int]:
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


def _revived(about: list[Facts], known: set[int], alive: set[int]) -> set[int]:
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


def changed_by_phase(about: list[Facts], known: set[int], alive: set[int]) -> dict[Phase, Writes]:
    """For rules of each phase, names that may have another value than on the beaten path."""
    changed = Writes(set(), set())
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
    by_phase = {phase: Writes({*changed.names}, {*changed.prefixes}) for phase in Phase}
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


def leaves(about: list[Facts], place: int) -> bool:
    """Whether a rule's holding passes over something that is done on the beaten path."""
    rule = about[place].rule
    if rule.disruption != "pass":
        return True
    return any(about[later].moves and about[later].rule.phase is rule.phase for later in range(place + 1, rule.skip_to))


def upsetting(about: list[Facts], alive: set[int]) -> frozenset[Removal]:
    """Removals that take away what is done on the beaten path."""
    moving = [(place, each.rule) for place, each in enumerate(about) if each.moves]
    return frozenset(
        removal
        for at in alive
        for removal in about[at].removals
        if any(_later(rule, place, about[at].rule, at) and _meets(removal, rule) for place, rule in moving)
    )


def is_idle(about: list[Facts], place: int, known: set[int], alive: set[int]) -> bool:
    """Whether a rule that is known does nothing wherever it is asked: it never holds, or jumps over what is gone anyway."""
    mine = about[place]
    if place not in known:
        return False
    if not mine.held:
        return not may_act_without_holding(mine.rule)
    if any(link.effects for link in mine.rule.links):
        return False
    return not any(later in alive for later in range(place + 1, mine.rule.skip_to))
