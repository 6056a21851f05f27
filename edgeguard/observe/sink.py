"""Where lines go: a bounded queue, and one thread a sink that writes them in batches.

The event loop only appends to a deque. Rendering stays with whoever puts a line, because the thread shares the interpreter's
lock: rendering a batch there would hold the loop up for milliseconds at once, while writing lets go of the lock.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import threading
from collections import deque
from pathlib import Path
from typing import Final

FLUSH_SECONDS: Final = 0.05  # a line is on its way after this at the latest
BATCH_BYTES: Final = 256 * 1024  # of one write; bounds what is copied at once
QUEUE_BYTES: Final = 16 * 1024 * 1024  # of all lines waiting; 10,000 usual lines are 6 MiB
CLOSE_SECONDS: Final = 2.0  # how long an exit waits for a reader who does not read


class Sink:
    """One log's way out. Only the thread that runs the event loop puts lines.

    Attributes:
        dropped: lines refused because the queue was full; written by the putting thread alone.
        lost: lines that could not be written; written by the writer thread alone.
    """

    __slots__ = (
        "_bytes_out",
        "_bytes_put",
        "_capacity",
        "_descriptor",
        "_half",
        "_lines",
        "_owner",
        "_path",
        "_piece",
        "_reopen",
        "_stop",
        "_thread",
        "_torn",
        "_wake",
        "dropped",
        "lost",
    )

    def __init__(self, target: str, capacity: int) -> None:
        """Open the target; nothing is written before `start` or `close`.

        Args:
            target: `stdout`, `stderr`, or a file's path.
            capacity: lines that may wait.

        Raises:
            OSError: the file can't be opened.
        """
        self._path = None if target in {"stdout", "stderr"} else Path(target)
        self._descriptor = _open(self._path) if self._path else {"stdout": 1, "stderr": 2}[target]
        self._piece = _largest_write(self._descriptor)
        self._capacity = capacity
        self._half = max(1, capacity // 2)
        self._thread: threading.Thread | None = None
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._lines: deque[bytes] = deque()
        self.dropped = self.lost = 0
        self._bytes_put = self._bytes_out = 0
        self._reopen = self._stop = self._torn = False
        self._wake = threading.Event()

    def __repr__(self) -> str:
        return f"Sink({self._path or self._descriptor}, {len(self._lines)} waiting, {self.dropped} dropped, {self.lost} lost)"

    def put(self, line: bytes) -> None:
        """Queue one line, which ends in a newline; when the queue is full it is dropped and counted. Never waits."""
        waiting = len(self._lines)
        if waiting >= self._capacity or self._bytes_put - self._bytes_out > QUEUE_BYTES:
            self.dropped += 1
            return
        self._bytes_put += len(line)
        self._lines.append(line)
        if waiting == self._half:
            self._wake.set()

    def start(self) -> None:
        """Begin to write. To be called after a fork: a child leaves what the parent had queued to the parent."""
        if os.getpid() != self._owner:
            self._reset()
        self._thread = threading.Thread(target=self._run, name="log writer", daemon=True)
        self._thread.start()

    def reopen(self) -> None:
        """Open the file anew by its name, after logrotate moved it; stdout and stderr stay as they are."""
        self._reopen = True
        self._wake.set()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Write what waits and end; a reader who does not read is waited for `seconds`."""
        self._stop = True
        self._wake.set()
        if self._thread is None:
            self._drain()
        else:
            self._thread.join(seconds)
        if self._path and not (self._thread and self._thread.is_alive()):
            os.close(self._descriptor)
        self._thread = None

    def _run(self) -> None:
        while not self._stop:
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            self._drain()
            if self._reopen:
                self._reopen = False
                self._open_again()
        self._drain()

    def _open_again(self) -> None:
        if self._path is None:
            return
        with contextlib.suppress(OSError):  # the old file is better than none
            fresh = _open(self._path)
            old, self._descriptor = self._descriptor, fresh
            os.close(old)

    def _drain(self) -> None:
        lines = self._lines
        while lines:
            batch: list[bytes] = []
            size = 0
            while lines and (not batch or size + len(lines[0]) <= self._piece):
                line = lines.popleft()
                batch.append(line)
                size += len(line)
            self._bytes_out += size
            if not self._write(b"".join(batch)):
                self.lost += len(batch)

    def _write(self, data: bytes) -> bool:
        if self._torn:
            data = b"\n" + data  # what follows half a line begins on a line of its own
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:  # someone made the shared stdout non-blocking
                if not select.select([], [self._descriptor], [], 1.0)[1] and self._stop:
                    break
            except OSError:  # full disk, reader gone
                break
        self._torn = 0 < len(view) < len(data) or (self._torn and len(view) == len(data))
        return not view


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _largest_write(descriptor: int) -> int:
    """Bytes that go out in one write. Only so many stay together in a pipe that several workers write to."""
    return select.PIPE_BUF if stat.S_ISFIFO(os.fstat(descriptor).st_mode) else BATCH_BYTES
