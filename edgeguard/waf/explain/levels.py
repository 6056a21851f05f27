"""What a request comes to at each paranoia level of the Core Rule Set: scores of levels add up, and are held to one threshold.

All rules up to level 4 are asked, and each adds to the score of its own level: `tx.inbound_anomaly_score_pl1` to `_pl4` (3.3:
`tx.anomaly_score_pl1`). At blocking level N the rule set blocks where those of 1 to N together reach the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.operators.seclang.leading_number import leading_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgeguard.waf.explain.trace import Found

LEVELS = (1, 2, 3, 4)
_SCORES = (b"inbound_anomaly_score_pl%d", b"anomaly_score_pl%d")


@dataclass(frozen=True, slots=True)
class Level:
    """One of them.

    Attributes:
        score: of this level and those below it.
        rules: how many rules of these levels held.
        blocks: whether the request would be blocked.
    """

    level: int
    score: int
    rules: int
    blocks: bool


def levels(found: Sequence[Found], variables: Mapping[bytes, bytes], threshold: int) -> tuple[Level, ...]:
    """All four, of a run in which all rules were asked.

    Args:
        found: rules that held.
        variables: of TX at the end.
        threshold: score from which on a request is blocked.
    """
    result = []
    score = 0
    for level in LEVELS:
        score += _own(variables, level)
        counting = [each for each in found if each.reports and not each.sums_up and each.level <= level]
        by_itself = any(each.blocks and not each.shadow for each in counting)
        result.append(Level(level, score, sum(each.level > 0 for each in counting), score >= threshold or by_itself))
    return tuple(result)


def threshold_of(variables: Mapping[bytes, bytes], configured: int) -> int:
    """The score at which requests are blocked, as rules have it."""
    return leading_number(variables.get(b"inbound_anomaly_score_threshold", b"")) or configured


def score_up_to(variables: Mapping[bytes, bytes], level: int) -> int:
    """What rules of these levels added."""
    return sum(_own(variables, each) for each in LEVELS if each <= level)


def _own(variables: Mapping[bytes, bytes], level: int) -> int:
    for name in _SCORES:
        value = variables.get(name % level)
        if value is not None:
            return leading_number(value)
    return 0
