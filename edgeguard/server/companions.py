"""The inspectors from the supervisor's side: one beside each worker, forked by the supervisor and ended with its worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import TYPE_CHECKING

from edgeguard.server.inspector import Inspecting, run_inspector
from edgeguard.server.process import fork

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.server.blueprint import Blueprint


def wanted(blueprint: Blueprint) -> bool:
    """Whether there are bodies for an inspector."""
    waf = blueprint.config.waf
    return waf.mode != "off" and waf.inline_bytes < waf.inspect_bytes and bool(blueprint.ruleset.plan.rules)


class Companions:
    """All inspectors, of every generation."""

    __slots__ = ("_workers",)

    def __init__(self) -> None:
        self._workers: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._workers)

    def __repr__(self) -> str:
        return f"Companions({', '.join(f'{pid} of {number}' for pid, number in self._workers.items())})"

    def spawn(self, blueprint: Blueprint, number: int, leave: Callable[[], None]) -> Inspecting:
        """Fork an inspector.

        Args:
            blueprint: what it inspects with.
            number: of its worker.
            leave: closes, in the inspector, what is the supervisor's and its workers'.

        Returns:
            what its worker gets; whoever calls this closes the socket once the worker has it.

        Raises:
            OSError: there is no room for another process.
        """
        ours, theirs = socket.socketpair()

        def run() -> int:
            ours.close()
            leave()
            return run_inspector(blueprint.ruleset, theirs)

        try:
            pid = fork(run)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._workers[pid] = number
        return Inspecting(ours, pid)

    def end(self, number: int) -> None:
        """End what a worker had that is gone: it would notice by itself, but only once it is done with its body."""
        for pid, worker in self._workers.items():
            if worker == number:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def remove(self, pid: int) -> int | None:
        """Forget a process that has been waited for; its worker's number, or None where it was no inspector."""
        return self._workers.pop(pid, None)
