"""What the supervisor tells the control process: one small JSON file, replaced as a whole."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker process.

    Attributes:
        generation: counts reloads; workers of an older one are draining.
        ready: it accepts connections.
    """

    pid: int
    generation: int
    ready: bool


@dataclass(frozen=True, slots=True)
class State:
    """The whole edge.

    Attributes:
        supervisor: process id.
        version: of the program.
        started: seconds since the epoch.
        ruleset, config: digests of what is in force; "" before the first is loaded.
        wanted: how many workers there should be.
        restarts: workers that died and were replaced.
        draining: the edge is stopping and takes no new connections.
        reload_at: seconds since the epoch of the last try, 0 before the first; the start is the first.
        reload_ok: whether it took effect; what ran before still runs where it did not.
        reload_error: for people; "" where there was none.
        rules: how many are loaded.
        number: of the ruleset's version; 0 before the first.
        since: seconds since the epoch at which it came into force.
        why: `start`, `signal`, `watch`, `rollback` or `release`; `by` is who, or which files.
        pinned: an earlier version is in force, whatever the files say.
        watching: rule files are watched.
        reloads, refusals: how many took effect, and how many did not.
        source: path of the configuration.
        history: folder of the versions; "" where none are kept.
    """

    supervisor: int
    version: str
    started: float
    ruleset: str = ""
    config: str = ""
    wanted: int = 0
    workers: tuple[WorkerState, ...] = ()
    restarts: int = 0
    draining: bool = False
    reload_at: float = 0.0
    reload_ok: bool = False
    reload_error: str = ""
    rules: int = 0
    number: int = 0
    since: float = 0.0
    why: str = ""
    by: str = ""
    pinned: bool = False
    watching: bool = False
    reloads: int = 0
    refusals: int = 0
    source: str = ""
    history: str = ""

    def living(self) -> State:
        """The same without workers whose process is gone; what died is not ready, whoever noticed it first."""
        return replace(self, workers=tuple(worker for worker in self.workers if is_alive(worker.pid)))


def state_path(runtime: Path) -> Path:
    """Where the state is kept."""
    return runtime / "state.json"


def write_state(runtime: Path, state: State) -> None:
    """Replace the state; a reader sees the old one or the new one.

    Raises:
        OSError: the directory can't be written.
    """
    unfinished = runtime / "new-state.json"
    unfinished.write_bytes(orjson.dumps(asdict(state)))
    unfinished.replace(state_path(runtime))


def read_state(runtime: Path) -> State | None:
    """The last state told; None where there is none yet, or it is of another version and can't be understood."""
    try:
        stored = orjson.loads(state_path(runtime).read_bytes())
        workers = tuple(WorkerState(**worker) for worker in stored.pop("workers"))
        return State(workers=workers, **stored)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is someone else's
        return True
    return True
