"""Drives a coroutine by hand: at once, until it first waits, and then whenever what it waits for is there.

An exchange that is refused, or answered from memory, never waits, and one that is forwarded waits once. A task for each would
cost more than reading its request does. The price: inside, `asyncio.current_task()` is None, so that what needs it, such as
`asyncio.timeout`, must bring a task of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Driver:
    """Runs one coroutine to its end.

    Args:
        coroutine: started by `start`.
        ended: called once when it has come to its end after it waited; with None, or with what it raised.
    """

    __slots__ = ("_cancelled", "_coroutine", "_ended", "_waiting")

    def __init__(self, coroutine: Coroutine[Any, Any, None], ended: Callable[[BaseException | None], None]) -> None:
        self._coroutine = coroutine
        self._ended = ended
        self._waiting: asyncio.Future[Any] | None = None
        self._cancelled = False

    def __repr__(self) -> str:
        return f"Driver({self._coroutine!r}, waiting for {self._waiting!r})"

    def start(self) -> bool:
        """Run until it first waits; True where it came to its end.

        Raises:
            Exception: what the coroutine raised.
        """
        try:
            self._wait_for(self._coroutine.send(None))
        except StopIteration:
            return True
        return False

    def cancel(self) -> None:
        """Raise CancelledError in the coroutine where it waits, as cancelling a task does."""
        self._cancelled = True
        if self._waiting is not None:
            self._waiting.cancel()  # nothing happens where it is done already: then the next step raises

    def _step(self, _: object = None) -> None:
        self._waiting = None
        try:
            if self._cancelled:
                self._cancelled = False
                self._wait_for(self._coroutine.throw(asyncio.CancelledError()))
            else:
                self._wait_for(self._coroutine.send(None))
        except StopIteration:
            self._ended(None)
        except BaseException as error:  # noqa: BLE001 - handed on, whatever it is
            self._ended(error)

    def _wait_for(self, waited_for: asyncio.Future[Any] | None) -> None:
        if waited_for is None:  # a bare yield, such as asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(self._step)
            return
        # What Future.__await__ sets to be sure that whoever drives it knows about futures.
        waited_for._asyncio_future_blocking = False  # noqa: SLF001 - the protocol between futures and tasks
        self._waiting = waited_for
        waited_for.add_done_callback(self._step)
