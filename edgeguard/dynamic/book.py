"""The edge's book of sanctions: a file in memory that all its workers, and the command line, read and write.

    header: magic, how many slots, how many changes      changes: a ring of slots' numbers      slots: one record each

Whoever writes holds the file's lock, puts a record into a slot, the slot's number into the ring, and last counts the changes up
by one. Who reads looks at that number alone, eight octets, which costs nothing; only when it has moved are the slots of the last
changes read, and all of them where it has moved further than the ring is long. A record has a checksum, so that one whose writer
died half-way is none. Workers come and go; the book stays as long as the edge runs, or for ever where it is kept on a disk.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from typing import TYPE_CHECKING

from edgeguard.dynamic.records import SIZE, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edgeguard.dynamic.model import Sanction, Subject

FILE = "sanctions"  # its name in the edge's runtime directory
_MAGIC = b"EGBOOK01"
_HEAD = struct.Struct("<8sI4x")
_CHANGES = 16  # where the number of changes stands
_RING_AT = 64
RING = 1024  # changes that a reader may be late by before it has to read everything
_SLOTS_AT = _RING_AT + 4 * RING


class Book:
    """One process's view of the book.

    Args:
        path: made where it does not exist.
        slots: records that a new one holds; an old one keeps its size.

    Raises:
        OSError: it can't be made, or there is no room for it.
        ValueError: what is there is no book.
    """

    def __init__(self, path: Path, slots: int = 10_000) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._slots = self._prepare(slots)
            self._map = mmap.mmap(self._file, _SLOTS_AT + SIZE * self._slots)
        except BaseException:
            os.close(self._file)
            raise
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._count = memoryview(self._map)[_CHANGES : _CHANGES + 8].cast("Q")
        self._places: dict[tuple[Subject, str], int] = {}
        self._held: dict[int, Sanction] = {}
        self._free: set[int] = set()
        self._unread: list[Sanction] = []
        self._seen = self._count[0]
        self._read_all()

    def __len__(self) -> int:
        return len(self._held)

    @property
    def changed(self) -> bool:
        """Whether there could be news."""
        return self._count[0] != self._seen or bool(self._unread)

    def news(self) -> list[Sanction]:
        """What was written since the last time, by whomever; the first time everything."""
        self._catch_up()
        news, self._unread = self._unread, []
        return news

    def all(self) -> list[Sanction]:
        """Everything that the book holds."""
        self._catch_up()
        return list(self._held.values())

    def put(self, sanctions: Iterable[Sanction], now: float, *, wait: bool = False) -> bool:
        """Write some down; those of which the same or a later word is there are left out.

        Args:
            sanctions: to write.
            now: seconds since the epoch, to tell what is forgotten by now.
            wait: for others who are writing. Workers don't, and try again later.

        Returns:
            False where somebody else is writing; then nothing was written.
        """
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        try:
            self._catch_up()
            for sanction in sanctions:
                self._write(sanction, now)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return True

    def close(self) -> None:
        """Let go of it; the file stays."""
        self._count.release()
        self._map.close()
        os.close(self._file)

    def _prepare(self, slots: int) -> int:
        size = os.fstat(self._file).st_size
        if size == 0:
            # A sparse file on a full disk would kill whoever writes later; this fails now instead.
            os.posix_fallocate(self._file, 0, _SLOTS_AT + SIZE * slots)
            os.pwrite(self._file, _HEAD.pack(_MAGIC, slots), 0)
            return slots
        head = os.pread(self._file, _HEAD.size, 0)
        magic, found = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", 0)
        if magic != _MAGIC or not found or size < _SLOTS_AT + SIZE * found:
            raise ValueError(f"{self.path} is no book of sanctions; move it away, and a new one is made")
        return int(found)

    def _write(self, sanction: Sanction, now: float) -> None:
        slot = self._places.get(sanction.name)
        if slot is not None and self._held[slot].changed >= sanction.changed:
            return
        if slot is None:
            slot = self._free.pop() if self._free else self._oldest(now)
        at = _SLOTS_AT + SIZE * slot
        self._map[at : at + SIZE] = pack(sanction)
        changes = self._count[0]
        struct.pack_into("<I", self._map, _RING_AT + 4 * (changes % RING), slot)
        self._count[0] = changes + 1
        self._take(slot, sanction)
        self._seen = changes + 1

    def _oldest(self, now: float) -> int:
        """The slot that is missed least: forgotten, else over, else a rule's that is soonest over."""

        def loss(slot: int) -> tuple[bool, bool, float]:
            one = self._held[slot]
            live = one.until > now
            return live, one.hard, one.until if live else one.keep

        return min(self._held, key=loss)

    def _catch_up(self) -> None:
        changes = self._count[0]
        if changes - self._seen > RING or changes < self._seen:
            self._read_all()
            return
        while self._seen < changes:
            (slot,) = struct.unpack_from("<I", self._map, _RING_AT + 4 * (self._seen % RING))
            self._seen += 1
            if slot < self._slots and (sanction := self._record(slot)) is not None:
                self._take(slot, sanction)
                self._unread.append(sanction)

    def _read_all(self) -> None:
        self._seen = self._count[0]
        self._places.clear()
        self._held.clear()
        self._free.clear()
        for slot in range(self._slots):
            sanction = self._record(slot)
            if sanction is None:
                self._free.add(slot)
            else:
                self._take(slot, sanction)
        self._unread = list(self._held.values())

    def _record(self, slot: int) -> Sanction | None:
        at = _SLOTS_AT + SIZE * slot
        octets = self._map[at : at + SIZE]
        return unpack(octets) if octets[4:16] != bytes(12) or octets[:4] != bytes(4) else None

    def _take(self, slot: int, sanction: Sanction) -> None:
        before = self._held.get(slot)
        if before is not None and self._places.get(before.name) == slot:
            del self._places[before.name]
        self._free.discard(slot)
        self._held[slot] = sanction
        self._places[sanction.name] = slot
