"""Names that get a metric label when they are first seen, the same in all workers: first come, first served, then closed.

A roster is a text file with one name a line; a name's line is its slot. Workers append under a lock, at most once a slot in
the life of the runtime directory, so the request path meets it only while there are slots left.
"""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING, Final

from edgeguard.observe.schema import OTHER

if TYPE_CHECKING:
    from pathlib import Path

NAME_CHARACTERS: Final = 64  # a label is read by people; longer names count as `other`


class Roster:
    """One worker's view of a roster.

    Attributes:
        labels: the label of each name that this worker knows of; the layout has a series for it.
        full: True when no name can be added any more and all are known here.
    """

    __slots__ = ("_path", "_size", "full", "labels")

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self.labels: dict[str, str] = {}
        self.full = size == 0
        self._learn(read_roster(path))

    def __repr__(self) -> str:
        return f"Roster({self._path.name}, {len(self.labels)} of {self._size})"

    def _learn(self, names: list[str]) -> None:
        self.labels = {name: slot_label(slot) for slot, name in enumerate(names[: self._size])}
        self.full = len(self.labels) >= self._size

    def label(self, name: str, keep_free: int = 0) -> str:
        """The label of `name`'s slot, given out now if need be; `other` where there is none for it.

        A name that finds the lock taken is turned away for now rather than made to wait.

        Args:
            name: as it is to be read in a metric.
            keep_free: slots that this name must leave to others.
        """
        known = self.labels.get(name)
        if known is not None:
            return known
        if len(self.labels) + keep_free >= self._size or not _fit_for_label(name):
            return OTHER
        try:
            self._append(name, keep_free)
        except OSError:  # lock taken, disk full: a label less is no reason to fail a request
            return OTHER
        return self.labels.get(name, OTHER)

    def _append(self, name: str, keep_free: int) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            names = read_roster(self._path)
            if name not in names and len(names) + keep_free < self._size:
                self._write(descriptor, f"{name}\n".encode())
                names.append(name)
            self._learn(names)
        finally:
            os.close(descriptor)

    @staticmethod
    def _write(descriptor: int, line: bytes) -> None:
        size = os.fstat(descriptor).st_size
        if os.write(descriptor, line) < len(line):
            os.ftruncate(descriptor, size)  # half a name would become the beginning of the next
            raise OSError(errno.ENOSPC, "no room for a name")


def slot_label(slot: int) -> str:
    """How a layout names the series of a slot, whoever owns it; no name begins with `#`."""
    return f"#{slot}"


def roster_path(runtime: Path, roll: str) -> Path:
    """Where the roster called `roll` in the schema is kept."""
    return runtime / f"roster-{roll}"


def read_roster(path: Path) -> list[str]:
    """All names by slot; none where nobody has been seen yet."""
    try:
        return path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def _fit_for_label(name: str) -> bool:
    return 0 < len(name) <= NAME_CHARACTERS and name.isprintable() and not name.startswith("#")
