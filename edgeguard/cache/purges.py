"""The memory of invalidations, so that an answer fetched before one is not stored after it."""

from __future__ import annotations

from collections import OrderedDict

_MOST = 4096  # URLs; beyond it all fetches begun before the oldest of them count as outdated


class Purges:
    """Invalidations in the order in which they came; a fetch notes `now` when it begins."""

    __slots__ = ("_floor", "_seen", "now")

    def __init__(self) -> None:
        self.now = 0
        self._floor = 0
        self._seen: OrderedDict[bytes, int] = OrderedDict()

    def add(self, key: bytes) -> None:
        """Note that `key` was invalidated."""
        self.now += 1
        self._seen[key] = self.now
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST:
            _, self._floor = self._seen.popitem(last=False)

    def outdated(self, key: bytes, begun: int) -> bool:
        """Whether `key` was invalidated, or may have been, after a fetch that noted `begun`."""
        return self._seen.get(key, self._floor) > begun or self._floor > begun
