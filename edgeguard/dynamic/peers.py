"""What the workers of one edge count, told to one another: each writes a ring of its own in memory, and reads the others'.

A ring has one writer, so nothing is locked and nothing lost: a record is written, then the number of records goes up by one.
Some times a second a worker writes what it has counted since, and adds what others have written to its own counters; it acts on
that when it sees the next event of the kind itself. So a client who spreads requests over workers is found out a turn later than
another, at most. Who has more to tell in a turn than a ring holds tells the first of it.
"""

from __future__ import annotations

import mmap
import os
import struct
from typing import TYPE_CHECKING, Final
from zlib import crc32

from edgeguard.dynamic.window import HIGHEST

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.dynamic.engine import Dynamic
    from edgeguard.dynamic.model import Event, Rule

RECORDS: Final = 2048
_KEY = 104  # octets of a key; a longer one is counted by each worker alone
_RECORD = struct.Struct(f"<IQIB{_KEY}s7x")
_HEAD = struct.Struct("<8sI4xQ")  # magic, process, records ever written
_MAGIC = b"EGTALLY1"
_COUNT_AT = 16
_START = 64
_SIZE = _START + RECORDS * _RECORD.size
PREFIX: Final = "tally-"
_NOTHING: Final = 1 << 63  # in place of a thing: events are counted

Name = tuple[str, str, int | None]


class Peers:
    """One worker's ring, and its view of the others.

    Args:
        folder: the edge's runtime directory.
        number: of this worker; never used twice while the edge runs.
        dynamic: gets what others have counted.

    Raises:
        OSError: there is no room for the ring.
    """

    def __init__(self, folder: Path, number: int, dynamic: Dynamic) -> None:
        self._folder = folder
        self._dynamic = dynamic
        self._path = folder / f"{PREFIX}{number}"
        self._map = _make(self._path)
        self._count = memoryview(self._map)[_COUNT_AT : _COUNT_AT + 8].cast("Q")
        self._pending: dict[Name, int] = {}
        self._others: dict[str, _Ring] = {}
        self._marks = {rule.id: crc32(rule.canonical.encode()) for rule in dynamic.rules.values()}
        self._rules = {mark: rule for rule, mark in self._marks.items()}

    def counted(self, rule: Rule, key: str, item: int | None, amount: int, event: Event) -> None:  # noqa: ARG002 - a Tally's
        """See `engine.Tally`."""
        name = (rule.id, key, item)
        before = self._pending.get(name)
        if before is not None:
            self._pending[name] = min(before + amount, HIGHEST)
        elif len(self._pending) < RECORDS:
            self._pending[name] = amount

    def reset(self, rule: Rule, key: str) -> None:
        """See `engine.Tally`."""
        self._pending = {name: amount for name, amount in self._pending.items() if name[:2] != (rule.id, key)}
        self._pending[rule.id, key, None] = 0

    def turn(self, now: float) -> None:
        """Tell the others, and hear them."""
        pending, self._pending = self._pending, {}
        written = self._count[0]
        for (rule, key, item), amount in list(pending.items())[:RECORDS]:
            octets = key.encode("utf-8", "replace")
            if len(octets) <= _KEY:
                at = _START + written % RECORDS * _RECORD.size
                thing = _NOTHING if item is None else item & ~_NOTHING
                _RECORD.pack_into(self._map, at, self._marks[rule], thing, amount, len(octets), octets)
                written += 1
        self._count[0] = written
        for ring in list(self._others.values()):
            self._hear(ring, now)

    def look_around(self) -> None:
        """Find workers that are new, and let go of those that are gone; call it about once a second."""
        found = {path.name: path for path in self._folder.glob(PREFIX + "*") if path != self._path}
        for name, path in found.items():
            if name not in self._others:
                try:
                    self._others[name] = _Ring(path)
                except (OSError, ValueError):
                    continue  # it is just being made, or just going
        for name, ring in list(self._others.items()):
            if name not in found or not ring.lives:
                ring.close()
                del self._others[name]
                if name in found:  # it was killed, and could not do so itself
                    found[name].unlink(missing_ok=True)

    def close(self) -> None:
        """Leave; what the others have heard they keep."""
        for ring in self._others.values():
            ring.close()
        self._others.clear()
        self._path.unlink(missing_ok=True)
        self._count.release()
        self._map.close()

    def _hear(self, ring: _Ring, now: float) -> None:
        for mark, thing, amount, size, octets in ring.news():
            rule = self._rules.get(mark)  # other rules than ours: their worker has another generation's
            if rule is not None:
                key = octets[:size].decode("utf-8", "replace")
                self._dynamic.merge(rule, key, None if thing == _NOTHING else thing, amount, now)


class _Ring:
    """Another worker's ring, read from where it was when it was found."""

    def __init__(self, path: Path) -> None:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(file, _SIZE, prot=mmap.PROT_READ)
        finally:
            os.close(file)
        magic, self._pid, self._seen = _HEAD.unpack_from(self._map)
        if magic != _MAGIC:
            raise ValueError(f"{path} is no tally")

    @property
    def lives(self) -> bool:
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def news(self) -> list[tuple[int, int, int, int, bytes]]:
        (written,) = struct.unpack_from("<Q", self._map, _COUNT_AT)
        start = max(self._seen, written - RECORDS)
        self._seen = written
        return [_RECORD.unpack_from(self._map, _START + place % RECORDS * _RECORD.size) for place in range(start, written)]

    def close(self) -> None:
        self._map.close()


def _make(path: Path) -> mmap.mmap:
    unfinished = path.with_name(f"new-{path.name}")
    file = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, _SIZE)
        memory = mmap.mmap(file, _SIZE)
    finally:
        os.close(file)
    _HEAD.pack_into(memory, 0, _MAGIC, os.getpid(), 0)
    unfinished.replace(path)
    return memory
