"""The time that one verb has: half of it may pass while others have the core, and then only the thread's own work counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Spent(Exception):
    """The budget is spent."""


class Budget:
    """A verb's time, looked at before each piece of work.

    Args:
        now: nanoseconds of a clock that never goes back.
        worked: nanoseconds for which this thread had a core; a system call, and so not asked before it is late.
    """

    __slots__ = ("_deadline", "_half", "_worked", "_worked_before", "now")

    def __init__(self, now: Callable[[], int], worked: Callable[[], int]) -> None:
        self.now = now
        self._worked = worked
        self._half = 0
        self._deadline = 0
        self._worked_before: int | None = None

    def start(self, nanoseconds: int) -> int:
        """Begin anew with so much time; when it began."""
        started = self.now()
        self._half = nanoseconds // 2
        self._deadline = started + self._half
        self._worked_before = None
        return started

    def tick(self) -> None:
        """Go on, or not.

        Raises:
            Spent: the time is over.
        """
        if self.now() > self._deadline:
            self._late()

    def _late(self) -> None:
        """The deadline has passed. From now on only time for which this thread works counts."""
        worked = self._worked()
        if self._worked_before is None:
            self._worked_before = worked
        left = self._half - (worked - self._worked_before)
        if left <= 0:
            raise Spent
        self._deadline = self.now() + left
