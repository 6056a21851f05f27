"""What can be told of a SecLang rule by itself: variables that it reads, writes and takes away, and whether it looks at more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.actions.ctl import Control
from edgeguard.waf.actions.setvar import SetVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edgeguard.waf.actions.effect import Effect, Removal
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.macros import Template

DIGITS = frozenset(b"%d" % digit for digit in range(10))
"""Names of what `capture` writes."""


@dataclass(slots=True)
class Writes:
    """Names of TX that may be written."""

    names: set[bytes]
    prefixes: set[bytes]

    def meet(self, name: bytes) -> bool:
        return name in self.names or any(name.startswith(prefix) for prefix in self.prefixes)

    def take(self, other: Writes) -> None:
        self.names |= other.names
        self.prefixes |= other.prefixes


class Facts:
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
        self.writes = Writes(set(), set())
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
                self.writes.names |= DIGITS

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

    def reads_any(self, writes: Writes) -> bool:
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


def is_about_variables(rule: Facts) -> bool:
    """Whether all of it is known on the beaten path: it looks at variables alone, and where it held, nobody needs to be told."""
    if not rule.held and not (rule.controls and may_act_without_holding(rule.rule)):
        return rule.variables_alone
    return rule.variables_alone and rule.is_silent


def may_act_without_holding(rule: ChainRule) -> bool:
    """Whether a link before the last has effects, so that something is done though the chain does not hold."""
    return any(link.effects or link.capture for link in rule.links[:-1])
