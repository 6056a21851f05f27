"""A folder of samples: files that several workers write, bounded in size and in age.

Each worker writes files of its own. Whoever has written looks at the whole folder, and removes what is too old, then the oldest
until all of it fits; so the folder goes beyond its size by no more than what the workers write at once.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edgeguard.observe.samples.segment import SUFFIX, SegmentWriter

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.observe.samples.keys import Keys

SHARE: Final = 32  # of the disk that one file may take; what makes room goes in pieces of that size
SMALLEST: Final = 64 * 1024
SEGMENT_SECONDS: Final = 3600.0  # a file is no longer written to, so that it can be removed in time
DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of samples.

    Attributes:
        modified: seconds since the epoch when it was last written to.
    """

    path: Path
    size: int
    modified: float


def segments(folder: Path) -> list[Segment]:
    """All files of a folder, the oldest first; none where there is no folder."""
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX):
                with contextlib.suppress(FileNotFoundError):  # another worker was faster
                    status = entry.stat(follow_symlinks=False)
                    found.append(Segment(folder / entry.name, status.st_size, status.st_mtime))
    return sorted(found, key=lambda each: (each.modified, each.path.name))


def purge(folder: Path, before: float | None = None) -> list[Segment]:
    """Remove files last written to before a time, or all of them; what was removed. A worker goes on in a new file."""
    gone = [each for each in segments(folder) if before is None or each.modified < before]
    for each in gone:
        each.path.unlink(missing_ok=True)
    return gone


class Store:
    """What one worker writes.

    Args:
        folder: made where it is not there.
        disk: octets of all files.
        seconds: how long a sample is kept.
        name: part of the files' names, this worker's own.
    """

    __slots__ = ("_began", "_count", "_disk", "_folder", "_keys", "_name", "_seconds", "_segment", "_writer")

    def __init__(self, folder: Path, keys: Keys, disk: int, seconds: float, name: str) -> None:
        self._folder = folder
        self._keys = keys
        self._disk = disk
        self._segment = max(SMALLEST, disk // SHARE)
        self._seconds = seconds
        self._name = name
        self._count = 0
        self._began = 0.0
        self._writer: SegmentWriter | None = None

    def write(self, lines: list[bytes], now: float) -> None:
        """Write samples, and make room.

        Raises:
            OSError: the folder can't be written; nothing more is written to that file.
        """
        try:
            for line in lines:
                writer = self._current(now)
                writer.write(writer.sealed(line))
        except OSError:
            self.close()
            raise
        self.tidy(now)

    def tidy(self, now: float) -> None:
        """Remove what is too old or too much. The file that is written to goes, too, once it has not been for so long."""
        found = segments(self._folder)
        total = sum(each.size for each in found)
        for each in found:
            # The hour: a file may have been begun so much earlier than it was last written to.
            if each.modified >= now - self._seconds + SEGMENT_SECONDS and total <= self._disk:
                break
            each.path.unlink(missing_ok=True)
            total -= each.size

    def close(self) -> None:
        """Write no more to the file at hand."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _current(self, now: float) -> SegmentWriter:
        writer = self._writer
        if writer is not None and writer.size < self._segment and now - self._began < SEGMENT_SECONDS and not writer.gone:
            return writer
        self.close()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._began = now
        while True:
            self._count += 1
            with contextlib.suppress(FileExistsError):  # of an earlier process with this name
                self._writer = SegmentWriter(self._folder / f"{int(now)}-{self._name}-{self._count}{SUFFIX}", self._keys)
                return self._writer
