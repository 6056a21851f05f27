"""Persistent collections (`ip`, `global`, `session`, `user`, `resource`): variables that outlive a request, in memory.

Each worker has its own. The store is bounded: of `RECORDS` records the one that was opened longest ago goes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = 50_000  # addresses, sessions and users of an hour; a record of CRS takes some 500 bytes
VARIABLES = 64  # of a record; CRS uses five
_VALUE = 1024  # bytes of a value; they are counters and flags
_KEY = 256  # bytes of a key; addresses, hashes and session ids are shorter


class Record:
    """One record, as the request that opened it sees it.

    Attributes:
        key: by which it is found.
        until: when it ends, in seconds of the wall clock, unless it is written again before.
    """

    __slots__ = ("_now", "_timeout", "_variables", "key", "until")

    def __init__(self, key: bytes, timeout: int) -> None:
        self.key = key
        self._timeout = timeout
        self._variables: dict[bytes, tuple[bytes, float]] = {}
        self._now = 0.0
        self.until = float("inf")

    def __repr__(self) -> str:
        return f"Record({self.key!r}, {dict(self.items())!r})"

    def opened(self, now: float) -> Record:
        """Itself at `now`, without what has ended."""
        self._now = now
        if self.until <= now:
            self._variables.clear()
        self.until = now + self._timeout
        return self

    def get(self, name: bytes) -> bytes:
        """The variable; empty where it is not there, or has ended."""
        value, until = self._variables.get(name, (b"", 0.0))
        return value if until > self._now else b""

    def set(self, name: bytes, value: bytes | None) -> None:
        """Set the variable, or take it away; what was said of its end is kept."""
        if value is None:
            self._variables.pop(name, None)
            return
        before = self._variables.get(name)
        if before is None and len(self._variables) >= VARIABLES:
            return
        until = before[1] if before is not None and before[1] > self._now else float("inf")
        self._variables[name] = (value[:_VALUE], until)

    def expire(self, name: bytes, seconds: int) -> None:
        """Let the variable end in so many seconds."""
        if name in self._variables:
            self._variables[name] = (self._variables[name][0], self._now + seconds)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Names and values of what has not ended."""
        return ((name, value) for name, (value, until) in self._variables.items() if until > self._now)


class Records:
    """All records of all collections.

    Args:
        timeout: seconds after which a record that nobody opens is gone (`SecCollectionTimeout`).
        most: how many are kept.
    """

    __slots__ = ("_most", "_records", "_timeout")

    def __init__(self, timeout: int = 3600, most: int = RECORDS) -> None:
        self._timeout = timeout
        self._most = most
        self._records: dict[tuple[str, bytes], Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    def open(self, collection: str, key: bytes, now: float) -> Record:
        """The record of `key`, made where there is none. `now` is the wall clock, in seconds."""
        place = (collection, key[:_KEY])
        record = self._records.pop(place, None)
        if record is None:
            record = Record(key[:_KEY], self._timeout)
            if len(self._records) >= self._most:
                del self._records[next(iter(self._records))]
        self._records[place] = record
        return record.opened(now)
