"""One worker's counters: a file of doubles in shared memory that only this worker writes.

A write is one aligned eight-byte store, so readers see either figure and need no lock; what was written stays in the page
cache when the worker is killed. Adding files up, and folding those of dead workers together, lives in `totals`.
"""

from __future__ import annotations

import math
import mmap
import os
import secrets
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edgeguard.observe.layout import Layout, initial

if TYPE_CHECKING:
    from pathlib import Path

MAGIC: Final = b"EGCELLS1"
_HEADER: Final = struct.Struct("<8sQd16s32s")
HEADER_BYTES: Final = 128  # more than the header needs, so that a field can be added; a multiple of eight


@dataclass(frozen=True, slots=True)
class Header:
    """Whose cells these are.

    Attributes:
        started: seconds since the epoch.
        identity: 32 hexadecimal digits that no other file has had; process ids come back, these don't.
        digest: of the layout.
    """

    pid: int
    started: float
    identity: str
    digest: str

    def pack(self) -> bytes:
        """The first bytes of the file."""
        packed = _HEADER.pack(MAGIC, self.pid, self.started, bytes.fromhex(self.identity), self.digest.encode())
        return packed.ljust(HEADER_BYTES, b"\0")

    @classmethod
    def unpack(cls, head: bytes) -> Header:
        """Read what `pack` made.

        Raises:
            ValueError: this is no file of cells.
        """
        if len(head) < HEADER_BYTES or not head.startswith(MAGIC):
            raise ValueError("not a file of cells")
        _, pid, started, identity, digest = _HEADER.unpack_from(head)
        return cls(pid, started, identity.hex(), digest.decode("ascii", "replace"))


class Cells:
    """The cells of the worker that made them.

    Attributes:
        values: the doubles; hot code adds to `values[index]`, with indexes from `layout`.
    """

    __slots__ = ("_map", "header", "layout", "path", "values")

    def __init__(self, path: Path, layout: Layout) -> None:
        """Make the file.

        Args:
            path: a new name of the form `cells-*` in the runtime directory; see `cells_path`.
            layout: published before, so that readers can tell what the cells mean.

        Raises:
            OSError: the file can't be made, or there is no room for it.
        """
        self.path = path
        self.layout = layout
        self.header = Header(os.getpid(), time.time(), secrets.token_hex(16), layout.digest)
        self._map = _make(path, layout, self.header.pack())
        self.values = memoryview(self._map)[HEADER_BYTES:].cast("d")

    def __repr__(self) -> str:
        return f"Cells({self.path.name}, {self.layout.size} cells of pid {self.header.pid})"

    def index(self, name: str, *labels: str) -> int:
        """The first cell of a series, for code that counts often."""
        return self.layout.index(name, *labels)

    def add(self, name: str, *labels: str, amount: float = 1.0) -> None:
        """Add to a counter or gauge, for code that counts seldom: about a microsecond."""
        self.values[self.layout.index(name, *labels)] += amount

    def put(self, name: str, *labels: str, value: float) -> None:
        """Set a gauge."""
        self.values[self.layout.index(name, *labels)] = value

    def close(self) -> None:
        """Let go of the memory; the file stays until it is retired."""
        self.values.release()
        self._map.close()


def cells_path(runtime: Path, worker: int) -> Path:
    """Where worker number `worker` counts; numbers must not come back while the supervisor runs."""
    return runtime / f"cells-{worker}"


def _make(path: Path, layout: Layout, head: bytes) -> mmap.mmap:
    unfinished = path.with_name(f"new-{path.name}")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        size = HEADER_BYTES + 8 * layout.size
        # A sparse file on a full disk would kill the worker with SIGBUS at some later write; this fails now instead.
        os.posix_fallocate(descriptor, 0, size)
        memory = mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)
    memory[:HEADER_BYTES] = head
    with memoryview(memory)[HEADER_BYTES:].cast("d") as values:
        for name, table in layout.tables.items():
            if math.isnan(initial(name)):
                for at in table.values():
                    values[at] = initial(name)
    unfinished.replace(path)
    return memory
