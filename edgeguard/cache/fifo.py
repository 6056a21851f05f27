"""S3-FIFO: which entry leaves first when room is short (Yang et al., "FIFO queues are all you need", SOSP 2023).

New entries wait in a small queue (a tenth of the room). Who was asked for twice there moves on to the main queue, the
others leave and are remembered by a mark; who comes back while remembered enters the main queue at once. So a crawl
through many URLs passes through the small queue, and what is asked for again and again stays. Each step is O(1).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_USES = 3  # beyond three uses more of them tell nothing (section 4.1 of the paper)
_GHOST_BYTES = 160  # a mark: an int, and its place in an ordered dict
_GHOST_PER = 4096  # bytes of room per mark, so that there are about as many marks as middle-sized entries


class Slot:
    """An entry's place in the queues. `uses` is raised by whoever finds it, up to 3."""

    __slots__ = ("in_main", "mark", "size", "uses")

    def __init__(self, mark: int, size: int) -> None:
        self.mark = mark
        self.size = size
        self.uses = 0
        self.in_main = False

    def touch(self) -> None:
        """Say that it was asked for."""
        if self.uses < _MOST_USES:
            self.uses += 1


class S3Fifo:
    """Two queues and the marks of those that left, bounded in bytes.

    Args:
        capacity: bytes, of which about 4 % are set aside for the marks.
        left: called with each slot that has to go.
    """

    __slots__ = ("_ghosts", "_left", "_main", "_most_ghosts", "_small", "_small_bytes", "_small_most", "most", "used")

    def __init__(self, capacity: int, left: Callable[[Slot], None]) -> None:
        self._most_ghosts = capacity // _GHOST_PER
        self.most = capacity - self._most_ghosts * _GHOST_BYTES
        self._small_most = self.most // 10
        self._left = left
        # Linked lists in C: the oldest is found in O(1) even after many were taken out of the middle.
        self._small: OrderedDict[Slot, None] = OrderedDict()
        self._main: OrderedDict[Slot, None] = OrderedDict()
        self._ghosts: OrderedDict[int, S3Fifo | None] = OrderedDict()
        self._small_bytes = 0
        self.used = 0

    def admit(self, slot: Slot) -> bool:
        """Take a slot in, and let others leave for it; False where it is larger than all the room."""
        if slot.size > self.most:
            return False
        known = self._ghosts.pop(slot.mark, self) is None  # before room is made, which may push the oldest mark out
        self._make_room(slot.size)
        self.used += slot.size
        if known:
            slot.in_main = True
            self._main[slot] = None
        else:
            self._small[slot] = None
            self._small_bytes += slot.size
        return True

    def resize(self, slot: Slot, size: int) -> None:
        """Count a slot anew; others, or itself, may leave for it."""
        change = size - slot.size
        slot.size = size
        self.used += change
        if not slot.in_main:
            self._small_bytes += change
        self._make_room(0)

    def remove(self, slot: Slot) -> None:
        """Take a slot out; nobody is told."""
        self.used -= slot.size
        if slot.in_main:
            del self._main[slot]
        else:
            del self._small[slot]
            self._small_bytes -= slot.size

    def _make_room(self, size: int) -> None:
        while self.used + size > self.most:
            if self._small_bytes > self._small_most or not self._main:
                self._shrink_small()
            else:
                self._shrink_main()

    def _shrink_small(self) -> None:
        slot, _ = self._small.popitem(last=False)
        self._small_bytes -= slot.size
        if slot.uses > 1:
            slot.uses = 0
            slot.in_main = True
            self._main[slot] = None
            return
        self.used -= slot.size
        self._remember(slot.mark)
        self._left(slot)

    def _shrink_main(self) -> None:
        slot, _ = self._main.popitem(last=False)
        if slot.uses:
            slot.uses -= 1
            self._main[slot] = None
            return
        self.used -= slot.size
        self._left(slot)

    def _remember(self, mark: int) -> None:
        if self._most_ghosts:
            self._ghosts[mark] = None
            if len(self._ghosts) > self._most_ghosts:
                self._ghosts.popitem(last=False)

    def __len__(self) -> int:
        return len(self._small) + len(self._main)

    def __repr__(self) -> str:
        queues = f"small {len(self._small)}, main {len(self._main)}, ghosts {len(self._ghosts)}"
        return f"S3Fifo({self.used} of {self.most} bytes, {queues})"
