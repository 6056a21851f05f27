"""The bounded table of one rule's counters, and who goes when it is full. No clock is read here.

A counter that is forgotten begins again from nothing, so whoever can have his own forgotten escapes. Forgetting the least
recently used does just that for an attacker with many addresses. So the table looks at the `LOOK` oldest and gives up those whose
window is empty, else the one that counts least: to push out a counter, an attacker has to bring all that stand around it as high,
which is what the rule looks for.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from edgeguard.dynamic.window import Counter

if TYPE_CHECKING:
    from edgeguard.dynamic.window import Distinct, Window

LOOK = 8


class Table:
    """Counters by key.

    Args:
        window: knows what they hold.
        room: counters held at most.

    Attributes:
        window: as given.
        evicted: counters that were given up although they counted something.
    """

    __slots__ = ("_counters", "_ring", "_room", "evicted", "window")

    def __init__(self, window: Window | Distinct, room: int) -> None:
        self.window = window
        self._room = max(LOOK, room)
        self._counters: dict[str, Counter] = {}
        self._ring: deque[str] = deque()  # each key once, the next one to be looked at first
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._counters)

    def get(self, key: str) -> Counter | None:
        """The counter of that key, if it is there."""
        return self._counters.get(key)

    def counter(self, key: str, now: float) -> Counter:
        """The counter of that key; where there is none, one that has counted nothing."""
        counter = self._counters.get(key)
        if counter is None:
            if len(self._counters) >= self._room:
                self._make_room(now)
            counter = self._counters[key] = Counter()
            self._ring.append(key)
        return counter

    def reset(self, key: str) -> None:
        """Have a key counted from nothing."""
        counter = self._counters.get(key)
        if counter is not None:
            counter.packed = 0

    def _make_room(self, now: float) -> None:
        counters, ring, total = self._counters, self._ring, self.window.total
        looked = [ring.popleft() for _ in range(min(LOOK, len(ring)))]
        held = {key: total(counters[key], now) for key in looked}
        kept = [key for key in looked if held[key]]
        if len(kept) == len(looked):
            kept.remove(min(kept, key=held.__getitem__))
            self.evicted += 1
        for key in looked:
            if key not in kept:
                del counters[key]
        ring.extend(kept)
