"""Whose turn it is: what waits for one desk, a place for each who asks, so that nobody's many make others wait."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """A queue for each key, served in turn; bounded.

    Args:
        most: how many wait at a time.
        each: how many of them for one key.
    """

    __slots__ = ("_each", "_most", "_queues", "_size")

    def __init__(self, most: int, each: int) -> None:
        self._most = most
        self._each = each
        self._queues: dict[str, deque[T]] = {}  # the first is next
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def takes(self, key: str) -> bool:
        """Whether there is room for one more of this key."""
        return self._size < self._most and len(self._queues.get(key, ())) < self._each

    def add(self, key: str, item: T, *, first: bool = False) -> None:
        """Have it wait behind the key's others; with `first`, before all others."""
        self._size += 1
        queue = self._queues.get(key)
        if not first:
            if queue is None:
                queue = self._queues[key] = deque()
            queue.append(item)
            return
        self._queues.pop(key, None)
        queue = queue or deque()
        queue.appendleft(item)
        self._queues = {key: queue, **self._queues}

    def next(self) -> T | None:
        """Take who is next out; None where nobody waits."""
        for key in self._queues:
            queue = self._queues.pop(key)
            item = queue.popleft()
            if queue:
                self._queues[key] = queue  # behind the others now
            self._size -= 1
            return item
        return None

    def remove(self, key: str, item: T) -> None:
        """Take one out of turn; nothing happens where it does not wait."""
        queue = self._queues.get(key)
        if queue is not None and item in queue:
            queue.remove(item)
            self._size -= 1
            if not queue:
                del self._queues[key]
