"""Rules that make no difference, because another holds wherever they hold: the same question twice, or a narrower one behind a
wider one that blocks. What is told is certain; what is not told may be so all the same.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from edgeguard.waf.explain.asked import ways
from edgeguard.waf.targets.sources import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.explain.asked import Asked, Literal, Way
    from edgeguard.waf.model import Rule

_TEXTS: Final = frozenset({"equals", "in", "contains", "starts_with", "ends_with"})


def preceded(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule, bool]]:
    """Each rule that another makes needless, that other, and whether both ask just the same."""
    live = [(rule, found) for rule in rules if rule.status in ("enforce", "shadow") and (found := ways(rule))]
    for place, (rule, own) in enumerate(live):
        for other_place, (other, others) in enumerate(live):
            if other is rule or not implies(own, others):
                continue
            if implies(others, own):
                if other_place < place and other.phase == rule.phase:
                    yield rule, other, True
                    break
            elif _comes_first(other, rule, earlier=other_place < place):
                yield rule, other, False
                break


def implies(own: Sequence[Way], others: Sequence[Way]) -> bool:
    """Whether one of `others` holds wherever one of `own` does."""
    return all(any(all(any(_follows(one, wanted) for one in way) for wanted in other) for other in others) for way in own)


def _comes_first(other: Rule, rule: Rule, *, earlier: bool) -> bool:
    """Whether a request has been blocked by `other` when `rule` could be told."""
    if other.status != "enforce" or other.action.status is None:
        return False
    if other.phase is None:
        return earlier or rule.phase is not None
    return rule.phase is not None and (other.phase < rule.phase or (other.phase == rule.phase and earlier))


def _follows(one: Literal, wanted: Literal) -> bool:
    """Whether `wanted` holds wherever `one` does."""
    if one.negated != wanted.negated:
        return False
    return _narrower(wanted.asked, one.asked) if one.negated else _narrower(one.asked, wanted.asked)


def _narrower(narrow: Asked, wide: Asked) -> bool:
    if not _within(narrow, wide):
        return False
    if wide.operator == "exists" and wide.arguments == (True,):
        return narrow.operator not in ("exists", "count") or narrow.arguments == (True,)
    if narrow.every or wide.every:
        return narrow.every == wide.every and narrow.operator == wide.operator and set(wide.arguments) <= set(narrow.arguments)
    return all(any(_one(narrow.operator, own, wide.operator, other) for other in wide.arguments) for own in narrow.arguments)


def _within(narrow: Asked, wide: Asked) -> bool:
    """Whether each value that `narrow` looks at is one that `wide` looks at, in the same form."""
    own, other = narrow.term.target, wide.term.target
    if narrow.steps != wide.steps or not set(own.sources) <= set(other.sources):
        return False
    if own.count != other.count or own.path != other.path:
        return False
    if other.key is not None and own.key != other.key:
        return False
    if not any(source in FIELDS for source in own.sources):
        return True
    return own.key not in other.without if own.key is not None else other.without <= own.without


def _one(operator: str, own: object, other_operator: str, other: object) -> bool:
    if operator == other_operator and own == other:
        return True
    if operator in _TEXTS and other_operator in _TEXTS:
        return _text(operator, str(own), other_operator, str(other))
    if operator == other_operator == "cidr":
        return _network(str(own), str(other))
    if operator == other_operator == "greater" and isinstance(own, int) and isinstance(other, int):
        return own >= other
    if operator == other_operator == "less" and isinstance(own, int) and isinstance(other, int):
        return own <= other
    return False


def _text(operator: str, own: str, other_operator: str, other: str) -> bool:
    whole = operator in ("equals", "in")
    if other_operator in ("equals", "in"):
        return whole and own == other
    if other_operator == "contains":
        return other in own
    if other_operator == "starts_with":
        return (whole or operator == "starts_with") and own.startswith(other)
    return (whole or operator == "ends_with") and own.endswith(other)


def _network(own: str, other: str) -> bool:
    try:
        inner, outer = ip_network(own, strict=False), ip_network(other, strict=False)
        return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # of one version
    except ValueError:
        return False
