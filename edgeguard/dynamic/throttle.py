"""The rate of those whose limit was tightened: one token bucket each, its whole state the moment at which it is full again.

Each worker counts for itself; of N workers a client gets up to N times the rate, as with limits kept in memory.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.dynamic.model import Sanction, Subject

MOST = 20_000  # buckets; those that are full go first, then all


class Throttle:
    """Buckets of sanctions that tighten."""

    __slots__ = ("_full_at",)

    def __init__(self) -> None:
        self._full_at: dict[tuple[Subject, str], float] = {}

    def wait(self, sanction: Sanction, now: float) -> int:
        """Draw a request; 0 where it may pass, else the whole seconds to wait, for which nothing was drawn."""
        interval = sanction.seconds / max(1, sanction.requests)
        full_at = max(self._full_at.get(sanction.name, 0.0), now)
        # A bucket that would be full later than its whole size ahead has no token left; so clocks set back do no harm.
        lag = min(full_at - now, sanction.seconds) + interval
        if lag > sanction.seconds + 1e-9:
            return max(1, ceil(lag - sanction.seconds))
        if len(self._full_at) >= MOST:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}
            if len(self._full_at) >= MOST:
                self._full_at.clear()
        self._full_at[sanction.name] = now + lag
        return 0
