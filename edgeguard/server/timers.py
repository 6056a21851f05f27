"""One deadline that is moved often and reached seldom.

Setting a timer of the loop for each request costs more than parsing it. Here moving the deadline is an assignment; the timer that
stands in the loop finds out when it fires whether it has come too early, and is set again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

NEVER = float("inf")


def _nobody() -> None:
    """Is told when a closed deadline is reached."""


class Deadline:
    """Calls `reached` once the loop's time passes `at`; setting `at` to NEVER stops that.

    Args:
        loop: whose clock and timers are used.
        reached: called from the loop; it may move the deadline.
        granularity: seconds by which it may be late; also how often at most the timer is looked at.
    """

    __slots__ = ("_at", "_granularity", "_handle", "_loop", "_reached")

    def __init__(self, loop: asyncio.AbstractEventLoop, reached: Callable[[], None], granularity: float = 0.25) -> None:
        self._loop = loop
        self._reached = reached
        self._granularity = granularity
        self._at = NEVER
        self._handle: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return "Deadline(never)" if self._at == NEVER else f"Deadline(in {self._at - self._loop.time():.2f} s)"

    def set(self, seconds: float) -> None:
        """Be reached `seconds` from now, unless it is set again before."""
        at = self._loop.time() + seconds
        earlier = at < self._at
        self._at = at
        if self._handle is None or (earlier and self._handle.when() > at + self._granularity):
            self._arm()

    def clear(self) -> None:
        """Never be reached, unless it is set again."""
        self._at = NEVER

    def close(self) -> None:
        """Leave nothing in the loop, never be reached again, and let go of who would have been told."""
        self._at = NEVER
        self._reached = _nobody
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(self._at, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self._at == NEVER:
            return
        if self._loop.time() + 0.001 < self._at:
            self._arm()
            return
        self._at = NEVER
        self._reached()
