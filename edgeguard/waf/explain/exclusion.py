"""Looks for the smallest exclusion that lets one request pass: the fewest pairs of a rule and a target.

Scores add up, so that taking the dearest pairs first needs the fewest. Chains, `skip` and variables of one's own may make it
otherwise: what is found is tried, more is taken where it is not enough, and each pair is given back that is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.explain.run import Pair
from edgeguard.waf.explain.trace import is_about_variables, level_of
from edgeguard.waf.targets.registry import KINDS
from edgeguard.waf.targets.seclang.registry import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edgeguard.waf.explain.given import Told
    from edgeguard.waf.explain.run import Outcome
    from edgeguard.waf.explain.trace import Found, Where
    from edgeguard.waf.ruleset import Ruleset

    Ask = Callable[[Sequence[Pair]], Outcome]
    """Sends the request with these pairs left out, through all rules that count."""

_ROUNDS = 4  # rules that hold only where others are left out
_FINE_ROUNDS = 3  # in which values are kept from a rule of EdgeGuard's own; then it is left out as a whole
_MOST = 200  # pairs that are tried one by one
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[]$:@/* ")


@dataclass(frozen=True, slots=True)
class _Priced:
    """A pair, what it adds, and whether it blocks by itself."""

    pair: Pair
    score: float
    blocks: bool


def smallest(ask: Ask, thresholds: dict[str, int], level: int) -> tuple[Pair, ...] | None:
    """The pairs, in order; empty where the request passes as it is, None where no exclusion of rules lets it pass.

    Args:
        ask: sends the request.
        thresholds: score at which requests are blocked, by language.
        level: paranoia up to which rules block.
    """
    outcome = ask(())
    chosen: list[Pair] = []
    for number in range(_ROUNDS):
        if not outcome.verdict.would_block:
            break
        priced = _pairs(outcome.found, level, whole=number >= _FINE_ROUNDS)
        more = _dearest(priced, thresholds)
        if more and ask([*chosen, *more]).verdict.would_block:
            more = [each.pair for each in priced]
        if not more:
            return None
        chosen = list(dict.fromkeys([*chosen, *more]))[:_MOST]
        outcome = ask(chosen)
    if outcome.verdict.would_block:
        return None
    return tuple(sorted(_needed(ask, chosen)))


def from_told(told: Sequence[Told], ruleset: Ruleset, thresholds: dict[str, int], level: int) -> tuple[Pair, ...]:
    """The same from what a security event tells; nobody has tried it."""
    chains = {rule.id: rule for rule in ruleset.chains}
    own = {rule.id: rule for rule in ruleset.rules}
    priced = []
    for each in told:
        chain, rule = chains.get(each.rule), own.get(each.rule)
        if chain is not None and level_of(chain) <= level and not is_about_variables(chain):
            blocks = chain.disruption not in ("pass", "allow")
            priced.append(_Priced(Pair(each.rule, _excludable(each.target)), each.score, blocks))
        elif rule is not None:
            pair = Pair(each.rule, _own_target(each.target), "edgeguard")
            priced.append(_Priced(pair, each.score, rule.action.status is not None))
    return tuple(sorted(_dearest(priced, thresholds)))


def _needed(ask: Ask, chosen: list[Pair]) -> list[Pair]:
    """Those without any of which the request is blocked; the first ones were the dearest, so that the last ones go first."""
    for pair in reversed(chosen):
        rest = [each for each in chosen if each != pair]
        if not ask(rest).verdict.would_block:
            chosen = rest
    return chosen


def _dearest(priced: Sequence[_Priced], thresholds: dict[str, int]) -> list[Pair]:
    """What blocks by itself, and as many of the dearest as bring each language's score below its threshold."""
    chosen = [each.pair for each in priced if each.blocks]
    for language, threshold in thresholds.items():
        own = [each for each in priced if each.pair.language == language and not each.blocks]
        own.sort(key=lambda each: -each.score)
        left = sum(each.score for each in own)
        for each in own:
            if left < threshold:
                break
            chosen.append(each.pair)
            left -= each.score
    return chosen


def _pairs(found: Iterable[Found], level: int, *, whole: bool) -> list[_Priced]:
    """What can be left out of the rules that count; rules about variables alone only sum up what others found."""
    priced: dict[Pair, _Priced] = {}
    for each in found:
        if each.sums_up or each.shadow or each.level > level:
            continue
        if each.language == "edgeguard":
            named = [] if whole else [_own_target(where.target) for where in each.wheres]
            targets = list(dict.fromkeys(filter(None, named))) or [""]
        else:
            targets = targets_of(each.wheres)
        for target in targets:
            pair = Pair(each.id, target, each.language)
            share = each.score / len(targets)
            before = priced.get(pair)
            priced[pair] = _Priced(pair, share + (before.score if before else 0), bool(each.blocks))
    return list(priced.values())


def targets_of(wheres: Sequence[Where]) -> list[str]:
    """Targets without which a rule does not hold: all that satisfied one link of it; of a chain, the link with the fewest.

    An empty one stands for the whole rule, where no target can be left out: of counts, and of what other rules set.
    """
    by_link: dict[int, list[str]] = {}
    for where in wheres:
        by_link.setdefault(where.link, []).append(_excludable(where.target))
    usable = [list(dict.fromkeys(targets)) for targets in by_link.values() if all(targets)]
    return min(usable, key=len, default=[""])


def _own_target(target: str) -> str:
    """The same of a rule of EdgeGuard's own: a value by its name, or all of a list that has no names."""
    name, colon, key = target.partition(":")
    kind = KINDS.get(name)
    if kind is None or "*" in key or not _PLAIN.issuperset(key) or key != key.strip():
        return ""
    if not kind.keyed:
        return "" if colon else name
    return target if key else ""


def _excludable(target: str) -> str:
    """The target as an exclusion names it; empty where it can't be left out."""
    name, colon, key = target.partition(":")
    kind = VARIABLES.get(name)
    if kind is None or not kind.sources or kind.dynamic:
        return ""
    if not colon:
        return name
    if not key or not _PLAIN.issuperset(key) or key.startswith("/") or key != key.strip():
        return target if name == "XML" and key else name
    return target
