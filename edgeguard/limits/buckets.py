"""The bounded table of bucket states in memory, and who goes when it is full. Nothing here reads a clock or knows a policy.

Who goes matters: a bucket that is forgotten is a full one, so whoever can have his empty bucket forgotten has his burst again.
Forgetting the least recently used does just that for anyone who first empties a bucket and then shows enough new names. So here
the table gives up what costs least: of the `LOOK` oldest entries those that are full anyway, and if there is none, the one that
would be full soonest. To push out a bucket that is empty, an attacker must drain all that stand around it in the table as deeply,
which takes a burst of requests for each; they would have been admitted from those names anyway, so nothing is won.
All is O(1): each insertion looks at no more than `LOOK` entries.
"""

from __future__ import annotations

from collections import deque

Key = str | bytes

# Entries looked at for one that is to go. Eight find a shallow one almost always and take about 2 microseconds.
LOOK = 8


class Buckets:
    """States of buckets by name.

    Attributes:
        state: name to the microsecond at which the bucket will be full. Reading is free to all, and so is changing
            the state of a name that is there; new names come in by `add` alone.
        room: names held at most.
    """

    __slots__ = ("_ring", "room", "state")

    def __init__(self, room: int) -> None:
        self.room = room
        self.state: dict[Key, int] = {}
        self._ring: deque[Key] = deque()  # every name of `state` once, the next one to be looked at first

    def __len__(self) -> int:
        return len(self.state)

    def add(self, key: Key, full_at: int, now: int) -> None:
        """Take in a new name; where there is no room, others go first."""
        if len(self.state) >= self.room:
            self._make_room(now)
        self.state[key] = full_at
        self._ring.append(key)

    def _make_room(self, now: int) -> None:
        """Drop the full ones among the next few, or the fullest."""
        state, ring = self.state, self._ring
        looked = [ring.popleft() for _ in range(min(LOOK, len(ring)))]
        kept = [key for key in looked if state[key] > now]
        if len(kept) == len(looked):
            kept.remove(min(kept, key=state.__getitem__))
        for key in set(looked).difference(kept):
            del state[key]
        ring.extend(kept)
