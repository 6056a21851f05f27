"""Sliding windows, each in one whole number: so many slots side by side, the newest in the lowest bits.

A window of W seconds has `SLOTS` slots of W / `SLOTS` seconds, and the one that is just being filled. So an event is counted for
W seconds at least, never shorter, and for W + W / `SLOTS` at most: a count is never too low, and what makes it too high is no
older than that. Should time go back, events count into the newest slot there was.
"""

from __future__ import annotations

from math import log1p

SLOTS = 8  # of a count: an eighth of the window is how much longer it may look back
_BITS = 24
_ONES = (1 << _BITS) - 1
_MASK = (1 << _BITS * (SLOTS + 1)) - 1
HIGHEST = _ONES - 1  # what a window counts up to

SETS = 4  # slots of a window that tells things apart: a quarter
SMALLEST, LARGEST = 512, 8192  # bits of one slot's set
_SPARSE = 16  # bits for each thing up to the limit, so that few share one
MOST_DISTINCT = LARGEST // _SPARSE


class Counter:
    """One window's state; what it means only its `Window` or `Distinct` knows."""

    __slots__ = ("packed", "slot")

    def __init__(self) -> None:
        self.packed = 0
        self.slot = 0


class Window:
    """Counts in windows of so many seconds."""

    __slots__ = ("_rate",)

    def __init__(self, seconds: float) -> None:
        self._rate = SLOTS / seconds

    def add(self, counter: Counter, now: float, amount: int = 1) -> int:
        """Count `amount` more, and say what the window then holds."""
        slot = int(now * self._rate)
        ahead = slot - counter.slot
        packed = counter.packed
        if ahead > 0:
            packed = packed << _BITS * ahead & _MASK if ahead <= SLOTS else 0
            counter.slot = slot
        # A number's sum of digits is its rest by the base less one, as long as that sum is smaller.
        total = packed % _ONES
        amount = min(amount, HIGHEST - total)
        counter.packed = packed + amount
        return total + amount

    def total(self, counter: Counter, now: float) -> int:
        """What the window holds."""
        ahead = int(now * self._rate) - counter.slot
        if ahead <= 0:
            return counter.packed % _ONES
        return (counter.packed << _BITS * ahead & _MASK) % _ONES if ahead <= SLOTS else 0


class Distinct:
    """Counts how many different things there were, by linear counting (Whang and others, 1990): each sets one of `size` bits.

    Things that share a bit are counted once, which is reckoned with: up to `limit` the error is below a tenth, nearly always.
    """

    __slots__ = ("_mask", "_rate", "enough", "size")

    def __init__(self, seconds: float, limit: int) -> None:
        """Be exact enough to tell `limit` things, `MOST_DISTINCT` at most.

        `enough` is how many bits so many things set, as is to be expected.
        """
        self._rate = SETS / seconds
        self.size = min(max(SMALLEST, 1 << (_SPARSE * limit - 1).bit_length()), LARGEST)
        self._mask = (1 << self.size * (SETS + 1)) - 1
        self.enough = max(1, round(self.size * (1 - (1 - 1 / self.size) ** limit)))

    def add(self, counter: Counter, now: float, item: int) -> int:
        """Count one thing, known by its hash, and say how many bits the window then holds."""
        slot = int(now * self._rate)
        ahead = slot - counter.slot
        if ahead > 0:
            counter.packed = counter.packed << self.size * ahead & self._mask if ahead <= SETS else 0
            counter.slot = slot
        counter.packed |= 1 << item % self.size
        return self._union(counter.packed).bit_count()

    def total(self, counter: Counter, now: float) -> int:
        """How many bits the window holds."""
        ahead = int(now * self._rate) - counter.slot
        if ahead > SETS:
            return 0
        packed = counter.packed << self.size * ahead & self._mask if ahead > 0 else counter.packed
        return self._union(packed).bit_count()

    def things(self, bits: int) -> int:
        """How many things set so many bits, as is to be expected."""
        return round(-self.size * log1p(-min(bits, self.size - 1) / self.size))

    def _union(self, packed: int) -> int:
        size, union = self.size, 0
        while packed:
            union |= packed
            packed >>= size
        return union & ((1 << size) - 1)
