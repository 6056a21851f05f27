"""How much may differ before a change is stopped: `5` requests, or `0.1%` of all that were compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.replay.diff import Diff, Kind

NAMES: Final[dict[Kind, str]] = {
    "newly_blocked": "newly blocked",
    "newly_passed": "newly passed",
    "newly_shadowed": "newly in shadow",
    "score_moved": "score moved",
    "told_otherwise": "told otherwise",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` requests of a kind, or at most this share of all, in percent; one of them is None."""

    kind: Kind
    count: int | None = None
    percent: float | None = None

    def __str__(self) -> str:
        return f"{self.percent:g} %" if self.percent is not None else str(self.count)

    def exceeded(self, diff: Diff) -> bool:
        """Whether there are more."""
        found = diff.kinds[self.kind]
        if self.percent is not None:
            return found * 100 > self.percent * (diff.requests - diff.uncompared)
        return found > (self.count or 0)


def limit(kind: Kind, text: str) -> Limit:
    """What a person wrote.

    Raises:
        ValueError: it is neither a number nor a share.
    """
    number = text.strip().removesuffix("%").strip()
    try:
        if text.strip().endswith("%"):
            percent = float(number)
            if 0 <= percent <= 100:
                return Limit(kind, percent=percent)
        elif int(number) >= 0:
            return Limit(kind, count=int(number))
    except ValueError:
        pass
    raise ValueError(f"'{text}' is neither a number of requests such as 5 nor a share such as 0.1%")


def exceeded(limits: Iterable[Limit], diff: Diff) -> list[str]:
    """A sentence for each limit that is exceeded."""
    return [f"{diff.kinds[each.kind]} {NAMES[each.kind]}, where {each} may be" for each in limits if each.exceeded(diff)]
