"""From what it follows whether a SecLang rule holds: from lists of a message alone, or from more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.actions.ctl import Control
from edgeguard.waf.actions.setvar import SetVar
from edgeguard.waf.seclang.facts import DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.actions.effect import Effect
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.facts import Facts, Writes
    from edgeguard.waf.targets.seclang.selection import Part
    from edgeguard.waf.targets.sources import Source


def follows_from(rule: ChainRule, mine: Facts, living: Sequence[Facts], changed: Writes) -> frozenset[Source] | None:
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
            elif reference.key not in DIGITS and changed.meet(reference.key) and not mine.writes.meet(reference.key):
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


def _own_or_constant(part: Part, mine: Facts, others: Sequence[Facts], changed: Writes) -> bool:
    """Whether a variable has the same value on every path, or one that only the rule itself gave it."""
    if part.key is not None:
        if part.key in DIGITS or not changed.meet(part.key):
            return True
        return not any(each.writes.meet(part.key) for each in others)
    if not part.begins:
        return False
    return not any(
        _overlap(part.begins, name)
        for each in others
        for name in (*each.writes.names, *each.writes.prefixes)
        if name not in DIGITS
    ) and bool(mine.writes.prefixes)


def _is_private(effect: Effect, others: Sequence[Facts]) -> bool:
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


def reads_foreign_captures(rule: ChainRule) -> bool:
    """Whether the rule looks at TX:0 to TX:9 before one of its own links has captured."""
    for link in rule.links:
        reads = set() if link.question is None else {reference.key for reference in link.question.argument.references}
        for part in link.selection.parts if link.selection is not None else ():
            if part.kind.name == "TX":
                reads |= {digit for digit in DIGITS if part.admits(digit)}
        if link.capture and not link.negated and not reads & DIGITS:
            return False
        reads |= {reference.key for effect in link.effects for template in effect.templates for reference in template.references}
        if reads & DIGITS:
            return True
    return False
