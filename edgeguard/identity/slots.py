"""A set of digests that end, in memory that processes share by fork: bounded, without locks, and without growing.

Each digest has a bucket of eight slots, of which the one that ends first makes room. Two processes that write one slot at once
may leave a digest that is neither's, which is as good as none.
"""

from __future__ import annotations

import mmap
from hmac import compare_digest

_DIGEST = 16
_SLOT = _DIGEST + 8  # bytes: the digest, and when it ends, in seconds since 1970
_WAYS = 8


def shared_slots(most: int, what: str = "") -> Slots:
    """The one set of this size and kind of this process, and of all that it forks later: ask before the first fork."""
    slots = _SHARED.get((most, what))
    if slots is None:
        slots = _SHARED[most, what] = Slots(most)
    return slots


class Slots:
    """At least `most` slots of 24 bytes.

    Attributes:
        most: as asked for.
    """

    __slots__ = ("_buckets", "_memory", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._buckets = -(-most // _WAYS)
        self._memory = mmap.mmap(-1, self._buckets * _WAYS * _SLOT)

    def holds(self, digest: bytes, now: float) -> bool:
        """Whether `digest`, of 16 octets, is here and has not ended. All slots are compared, in constant time each."""
        start = self._start(digest)
        bucket = self._memory[start : start + _WAYS * _SLOT]
        found = False
        for at in range(0, _WAYS * _SLOT, _SLOT):
            same = compare_digest(bucket[at : at + _DIGEST], digest)
            found |= same and int.from_bytes(bucket[at + _DIGEST : at + _SLOT]) > now
        return found

    def add(self, digest: bytes, end: float) -> None:
        """Have it here until `end`, in seconds since 1970."""
        start = self._start(digest)
        bucket = self._memory[start : start + _WAYS * _SLOT]
        place, earliest = 0, float("inf")
        for at in range(0, _WAYS * _SLOT, _SLOT):
            if compare_digest(bucket[at : at + _DIGEST], digest):
                place = at
                break
            ends = int.from_bytes(bucket[at + _DIGEST : at + _SLOT])
            if ends < earliest:
                place, earliest = at, ends
        self._memory[start + place : start + place + _SLOT] = digest + int(end).to_bytes(8)

    def remove(self, digest: bytes) -> None:
        """Have it here no more."""
        start = self._start(digest)
        for at in range(start, start + _WAYS * _SLOT, _SLOT):
            if compare_digest(self._memory[at : at + _DIGEST], digest):
                self._memory[at : at + _SLOT] = bytes(_SLOT)

    def _start(self, digest: bytes) -> int:
        return int.from_bytes(digest[:8]) % self._buckets * _WAYS * _SLOT


_SHARED: dict[tuple[int, str], Slots] = {}
