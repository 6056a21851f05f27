"""What a detector has to say about a value."""

from __future__ import annotations

from typing import Literal, NamedTuple

from edgeguard.waf.faults import Refused
from edgeguard.waf.transformations.opening import opening

Confidence = Literal["faint", "low", "medium", "high"]

RANKS: dict[str, int] = {"faint": 0, "low": 1, "medium": 2, "high": 3}

READ = 256 * 1024
"""Bytes of a value that a detector reads: twice what of a body is inspected by default, so that padding hides nothing."""


class Finding(NamedTuple):
    """A value continues into code.

    Attributes:
        context: where the value would have to stand, such as `single` for within '...'.
        confidence: how much of the grammar fits, and how unlikely people write such text. `faint` is below what rules can ask
            for by name: only operators without a choice take it.
        fingerprint: what was seen, in order, at most 64 characters and without any text of the value.
        span: from where the value leaves its place to the last token that was read.
    """

    context: str
    confidence: Confidence
    fingerprint: str
    span: tuple[int, int]


class Wanted(NamedTuple):
    """Which findings are asked for.

    Attributes:
        rank: the least rank of confidence.
        early: only those before which no article stands, see `opening`.
    """

    rank: int
    early: bool

    def span(self, found: Finding | None, value: bytes) -> tuple[int, int] | None:
        """The span of `found` in `value`, if it is wanted."""
        if found is None or RANKS[found.confidence] < self.rank or (self.early and found.span[0] > len(opening(value))):
            return None
        return found.span


def wanted(name: str, argument: object) -> Wanted:
    """Reads `low`, `medium` or `high`, and `early` behind it.

    Raises:
        Refused: the operator `name` got something else.
    """
    least, _, early = argument.partition(" ") if isinstance(argument, str) else ("", "", "")
    rank = RANKS.get(least)
    if not rank or early not in ("", "early"):
        raise Refused(f"{name}: the least confidence is expected, low, medium or high, perhaps with `early`, not {argument!r}")
    return Wanted(rank, early == "early")
