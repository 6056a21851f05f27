"""Coroutines that run at once and become tasks only if they must wait.

An exchange that is refused, or answered from memory, never waits; a task for it would cost as much as its answer. From
Python 3.12 on asyncio can do this by itself (`asyncio.eager_task_factory`), on 3.11 it can't.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine, Generator


def start(coroutine: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None] | None:
    """Run `coroutine` until it first waits.

    Returns:
        None where it came to its end, else the task that it goes on in.

    Raises:
        Exception: what the coroutine raised before it waited.
    """
    try:
        waited_for = coroutine.send(None)
    except StopIteration:
        return None
    return loop.create_task(_rest(coroutine, waited_for))


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, None], waited_for: Any) -> Generator[Any, Any, None]:
    """Hand on what the coroutine waits for, and back what came of it, until it ends."""
    while True:
        try:
            outcome = yield waited_for
        except BaseException as error:  # noqa: BLE001 - whatever wakes the task belongs to the coroutine, cancellation too
            try:
                waited_for = coroutine.throw(error)
            except StopIteration:
                return
        else:
            try:
                waited_for = coroutine.send(outcome)
            except StopIteration:
                return


async def _rest(coroutine: Coroutine[Any, Any, None], waited_for: Any) -> None:
    try:
        await _resumed(coroutine, waited_for)
    finally:
        coroutine.close()
