"""Slow work of a start on all processors: each task runs in some process, and its result comes back as bytes.

The processes are forked, so that nothing need be handed to them. None is left when the work is done or given up: they are killed
and waited for. No thread is started, and where there are threads already nothing is forked.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST = 8  # processes: there are some dozens of tasks, and each process takes memory
_FIELD = 4  # bytes of a task's number, and of a result's length


def side_by_side(work: Callable[[int], bytes], tasks: Sequence[int], processes: int | None = None) -> dict[int, bytes]:
    """Results by task. Those of a process that dies are missing.

    Args:
        work: what to do for a task; it raises nothing.
        tasks: numbers, in the order in which they are begun; fewer than 16,000.
        processes: how many work, this one among them; None for one on each processor that this one may run on.
    """
    if processes is None:
        processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processes = min(processes, len(tasks), _MOST)
    if processes < 2 or threading.active_count() > 1:
        return {task: work(task) for task in tasks}
    waiting, give = os.pipe()  # the tasks that nobody has taken yet; it holds them all
    os.write(give, b"".join(task.to_bytes(_FIELD, "big") for task in tasks))
    os.close(give)
    results: dict[int, bytes] = {}
    children: list[tuple[int, int]] = []
    try:
        for _ in range(processes - 1):
            children += _forked(work, waiting)
        _take(work, waiting, results.__setitem__)
        for _, answers in children:
            _read(answers, results)
    finally:
        os.close(waiting)
        for child, answers in children:
            os.close(answers)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return results


def _take(work: Callable[[int], bytes], waiting: int, tell: Callable[[int, bytes], None]) -> None:
    while field := os.read(waiting, _FIELD):
        task = int.from_bytes(field, "big")
        tell(task, work(task))


def _read(answers: int, results: dict[int, bytes]) -> None:
    """All that a child tells until it ends."""
    with os.fdopen(answers, "rb", closefd=False) as stream:
        while len(head := stream.read(2 * _FIELD)) == 2 * _FIELD:
            length = int.from_bytes(head[_FIELD:], "big")
            result = stream.read(length)
            if len(result) < length:
                return
            results[int.from_bytes(head[:_FIELD], "big")] = result


def _forked(work: Callable[[int], bytes], waiting: int) -> list[tuple[int, int]]:
    """A process that works, and where it tells its results; none where there is no room for another."""
    answers, write = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # no handler of the parent's runs in the child
    try:
        child = os.fork()
    except OSError:
        child = -1
    if child:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(write)
        if child < 0:
            os.close(answers)
        return [(child, answers)] if child > 0 else []
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        results: dict[int, bytes] = {}
        _take(work, waiting, results.__setitem__)
        with os.fdopen(write, "wb") as stream:  # only now, as nobody reads before: the parent works, too
            for task, result in results.items():
                stream.write(task.to_bytes(_FIELD, "big") + len(result).to_bytes(_FIELD, "big") + result)
    finally:
        os._exit(0)
