"""Time as something that is handed in, so that engines stay pure and tests and replays can move it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings of time, both in seconds."""

    def monotonic(self) -> float:
        """Never goes back; for durations."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch; for dates, freshness and anything shared between machines."""
        ...


class SystemClock:
    """The machine's clocks."""

    __slots__ = ()

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)


class ManualClock:
    """A clock that stands still until it is moved.

    Args:
        wall: seconds since the epoch at the start; the monotonic reading starts at 1,000.
    """

    __slots__ = ("_monotonic", "_wall")

    def __init__(self, wall: float = 1_700_000_000.0) -> None:
        self._wall = wall
        self._monotonic = 1000.0

    def monotonic(self) -> float:
        return self._monotonic

    def wall(self) -> float:
        return self._wall

    def advance(self, seconds: float) -> None:
        """Move both readings forward by `seconds`."""
        self._wall += seconds
        self._monotonic += seconds
