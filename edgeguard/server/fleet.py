"""The worker processes: forking, knowing which are ready, asking them to leave, noticing that they are gone."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.server.process import fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READY = b"r"  # what a worker writes to its socket once it accepts connections


@dataclass(slots=True)
class Child:
    """A worker process.

    Attributes:
        number: never used twice.
        generation: counts the loaded configurations.
        started: monotonic seconds.
        pipe: this end of a pair of sockets; READY comes through it, and inspectors that take the place of others go.
        kill_at: monotonic seconds at which it is killed if it has not gone; 0 while it may stay.
    """

    pid: int
    number: int
    generation: int
    started: float
    pipe: int
    ready: bool = False
    kill_at: float = 0.0

    @property
    def leaving(self) -> bool:
        """Whether it was asked to go."""
        return self.kill_at > 0


class Fleet:
    """All workers, of every generation."""

    __slots__ = ("_children", "_last")

    def __init__(self) -> None:
        self._children: dict[int, Child] = {}
        self._last = 0

    def __iter__(self) -> Iterator[Child]:
        return iter(list(self._children.values()))

    def __len__(self) -> int:
        return len(self._children)

    def __repr__(self) -> str:
        states = [f"{c.pid}/g{c.generation}:{'leaving' if c.leaving else 'ready' if c.ready else 'starting'}" for c in self]
        return f"Fleet({', '.join(states)})"

    @property
    def next_number(self) -> int:
        """Of the worker that is forked next."""
        return self._last + 1

    @property
    def pipes(self) -> list[int]:
        """Of all workers, the ends that are here."""
        return [child.pipe for child in self]

    def find(self, number: int) -> Child | None:
        """The worker of that number; None where it is gone."""
        return next((child for child in self if child.number == number), None)

    def spawn(self, generation: int, main: Callable[[int, int], int]) -> Child:
        """Fork a worker; `main` gets its number and the descriptor to write READY to, and returns the exit code.

        Raises:
            OSError: there is no room for another process.
        """
        number = self._last = self.next_number
        reading, writing = (sock.detach() for sock in socket.socketpair())
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        others = self.pipes

        def run() -> int:
            for pipe in (reading, *others):
                os.close(pipe)
            return main(number, writing)

        try:
            pid = fork(run)
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        child = self._children[pid] = Child(pid, number, generation, time.monotonic(), reading)
        return child

    def ready(self, generation: int) -> int:
        """How many workers of a generation accept connections and may stay."""
        return sum(child.ready and not child.leaving for child in self if child.generation == generation)

    def starting(self) -> list[int]:
        """The pipes to wait for."""
        return [child.pipe for child in self if not child.ready]

    def hear(self, pipes: list[int]) -> None:
        """Read from pipes that are readable."""
        for child in self:
            if child.pipe in pipes and not child.ready:
                child.ready = os.read(child.pipe, 1) == READY

    def ask_to_leave(self, child: Child, seconds: float) -> None:
        """Ask once; it is killed if it is still there after `seconds`."""
        if not child.leaving:
            child.kill_at = time.monotonic() + seconds
            self.signal(child, signal.SIGTERM)

    def signal(self, child: Child, number: int) -> None:
        """Send a signal; a child that is gone does not mind."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)

    def kill_overdue(self, ready_within: float) -> list[Child]:
        """Kill those that did not leave in time, or were not ready within so many seconds of their start."""
        now = time.monotonic()
        overdue = [
            child
            for child in self
            if (child.leaving and child.kill_at < now) or (not child.ready and child.started + ready_within < now)
        ]
        for child in overdue:
            self.signal(child, signal.SIGKILL)
        return overdue

    def remove(self, pid: int) -> Child | None:
        """Forget a process that has been waited for; None where it was no worker."""
        child = self._children.pop(pid, None)
        if child is not None:
            os.close(child.pipe)
        return child
