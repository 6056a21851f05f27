"""What a detector has to say about a value."""

from __future__ import annotations

from typing import Literal, NamedTuple

from edgeguard.waf.faults import Refused

Confidence = Literal["faint", "low", "medium", "high"]

RANKS: dict[str, int] = {"faint": 0, "low": 1, "medium": 2, "high": 3}

READ = 64 * 1024
"""Bytes of a value that a detector reads. Form fields and JSON texts that end in a statement or a page's markup whole are
shorter; what is longer is an article, which is judged by its beginning. Bodies beyond it are read by the patterns alone."""


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
        early: only those before which no article stands: fewer than `_ARTICLE` different words, and no fenced block of Markdown.
    """

    rank: int
    early: bool

    def span(self, found: Finding | None, value: bytes) -> tuple[int, int] | None:
        """The span of `found` in `value`, if it is wanted."""
        if found is None or RANKS[found.confidence] < self.rank or (self.early and not _is_early(value, found.span[0])):
            return None
        return found.span


_ARTICLE = 24
"""Different words before a finding that make what it stands in an article. Comments that carry an attack are shorter, and names and
numbers have none; an article quotes attacks, and is judged by whatever else speaks against it."""

_BEFORE = 4096  # bytes in which they are counted


def _is_early(value: bytes, start: int) -> bool:
    before = value[:start][:_BEFORE]
    return b"```" not in before and (
        before.count(b" ") < _ARTICLE or len({word for word in before.lower().split() if len(word) > 1}) < _ARTICLE
    )


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
