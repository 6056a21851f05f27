"""Noticing that rule files have changed, or that somebody asks for another version: a look twice a second that reads no file.

A look asks for the stamps of files and for the names in folders, through whatever symlinks lie between. So it notices edits, new
files, and the swap by which Kubernetes brings a ConfigMap up to date, on any file system. What has changed is taken up once it
has kept still for a moment: who writes several files is not met half-way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from edgeguard.waf.rule_files import Reading, still_holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.server.history import History

LOOK_SECONDS: Final = 0.5
SETTLED_SECONDS: Final = 0.15  # without a further change
MOST_SECONDS: Final = 2.0  # what never keeps still is taken up all the same
_NAMED: Final = 3

Cause = Literal["start", "signal", "watch", "rollback", "release"]


@dataclass(slots=True)
class Order:
    """To load a ruleset, and why.

    Attributes:
        by: who, or which files.
        reading: is filled with what is read for it, also where that does not load.
    """

    why: Cause
    by: str = ""
    reading: Reading = field(default_factory=Reading)


class Watch:
    """What was last read, and how it stands now.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reading: Reading | None = None
        self._then: tuple[object, ...] = ()
        self._history: History | None = None
        self._pin: object = None
        self._next = 0.0
        self._seen: tuple[object, ...] | None = None  # that which is not `_then`
        self._since = self._first = 0.0

    def __repr__(self) -> str:
        return f"Watch({self._reading}, {'changing' if self._seen is not None else 'still'})"

    def follow(self, reading: Reading | None, history: History | None) -> None:
        """Watch what was read just now, and the pin; None watches no files."""
        self._reading = reading if reading is not None and reading.answers else None
        self._then = () if reading is None else reading.then()
        self._history = history
        self._pin = _stamp(history)
        self._seen = None
        self._next = self._clock() + LOOK_SECONDS

    def let_go(self) -> bool:
        """Take the pin away, unless another was set meanwhile; False where there is none to take."""
        if self._history is None or _stamp(self._history) != self._pin:
            return False
        gone = self._history.unpin()
        self._pin = None
        return gone

    @property
    def watching(self) -> bool:
        """Whether files are watched."""
        return self._reading is not None

    @property
    def wait(self) -> float:
        """Seconds until there is something to look at."""
        return max(0.01, self._next - self._clock())

    def due(self) -> Order | None:
        """What has to be loaded now, if anything."""
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + LOOK_SECONDS
        if _stamp(self._history) != self._pin:
            pin = None if self._history is None else self._history.pin()
            return Order("release") if pin is None else Order("rollback", pin.by)
        if self._reading is None:
            return None
        state = self._reading.now()
        if state == self._then:
            self._seen = None
            return None
        if self._seen is None:
            self._first = now
        if state != self._seen:
            self._seen, self._since = state, now
        if now - self._since < SETTLED_SECONDS and now - self._first < MOST_SECONDS:
            self._next = now + SETTLED_SECONDS
            return None
        self._seen = None
        if still_holds(self._reading.told()):  # written anew, and the same
            self._then = state
            return None
        return Order("watch", self._changed(state))

    def _changed(self, state: tuple[object, ...]) -> str:
        """Names of files that are not as they were."""
        assert self._reading is not None  # noqa: S101 - asked by `due`
        stamps = state[0]
        assert isinstance(stamps, tuple)  # noqa: S101 - as `Reading.now` makes it
        names = [
            Path(path).name for path, now in zip(self._reading.stamps, stamps, strict=True) if self._reading.stamps[path] != now
        ]
        if not names:
            return "files added or removed"
        return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _stamp(history: History | None) -> object:
    file = None if history is None else history.pin_file
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns)
