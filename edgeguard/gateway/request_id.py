"""Ids for exchanges: unique over workers and restarts, without asking anyone."""

from __future__ import annotations

import os


class RequestIds:
    """Hands out 24 hex digits each: 16 random ones of this process, then a counter.

    A stranger who knows one id can guess the next; nothing is granted for knowing an id.
    """

    __slots__ = ("_count", "_prefix")

    def __init__(self) -> None:
        self._prefix = os.urandom(8).hex()
        self._count = 0

    def next(self) -> str:
        """The next id."""
        self._count += 1
        return f"{self._prefix}{self._count & 0xFFFFFFFF:08x}"
