"""The loop: each exchange to each side, and what comes of it to the diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.replay.diff import Diff, judged_then

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.replay.side import Side
    from edgeguard.replay.sources import Traffic


def replay(
    traffic: Traffic, new: Side, old: Side | None, *, examples: int = 3, told: Callable[[int], None] | None = None
) -> Diff:
    """Run traffic through one side or two.

    Args:
        traffic: read as it is needed.
        new: the rules in question.
        old: what they are compared with; None for what the edge did then, where that was recorded.
        examples: how many are kept of each kind and rule.
        told: is told how many there were so far, after each.

    Raises:
        Refused, KeyFault, OSError: as `Traffic.exchanges`.
    """
    diff = Diff(examples)
    for recorded in traffic.exchanges():
        if old is None:
            before = judged_then(recorded.then)
            diff.unsaid += recorded.then is None
        else:
            before = old.judge(recorded)
        diff.add(recorded, before, new.judge(recorded))
        if told is not None:
            told(diff.requests)
    return diff
