"""The gate: all patterns of a phase as one Hyperscan database, asked once of each distinct form of each value.

Its answer is "certainly nothing" or "perhaps these". It may say perhaps wrongly, never no: patterns that Hyperscan can't
read exactly are taken as a superset (`PREFILTER`), and those it can't read at all are reported as ungated.
A database and its scratch are for one thread; processes share them by fork.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import hyperscan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.pattern import Expression

_FLAGS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH


def _note(number: int, _start: int, _end: int, _flags: int, found: list[int]) -> None:
    found.append(number)


class Gate:
    """A compiled set of expressions.

    Args:
        expressions: an expression's number is its place.

    Attributes:
        ungated: numbers that the database does not hold, and that every value may satisfy.
    """

    __slots__ = ("_database", "_scan", "_size", "ungated")

    def __init__(self, expressions: Sequence[Expression]) -> None:
        flags, self.ungated = _readable(expressions)
        self._size = len(expressions)
        self._database: hyperscan.Database | None = None
        self._scan: Callable[..., None] | None = None
        if flags:
            try:
                self._database = _compile([expressions[number].text for number in flags], list(flags), list(flags.values()))
            except hyperscan.error:  # each was fine alone, together they are too large
                self.ungated = frozenset(range(self._size))
                return
            self._database.scratch = hyperscan.Scratch(self._database)
            self._scan = self._database.scan

    def __len__(self) -> int:
        return self._size

    def hits(self, value: bytes) -> Sequence[int]:
        """Numbers of the expressions that occur in `value`, each once, in no order; empty where there is none.

        If the engine fails (its scratch is in use by another thread), every number is a hit.
        """
        found: list[int] = []
        if self._scan is not None:
            try:
                self._scan(value, _note, 0, found)
            except hyperscan.error:
                return range(self._size)
        return found


def _compile(texts: list[bytes], numbers: list[int], flags: list[int]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=texts, ids=numbers, flags=flags)
    return database


def _readable(expressions: Sequence[Expression]) -> tuple[dict[int, int], frozenset[int]]:
    """Flags by number for those Hyperscan takes, and the numbers of those it does not."""
    everything = dict.fromkeys(range(len(expressions)), _FLAGS)
    if not expressions:
        return {}, frozenset()
    flags: dict[int, int] = {}
    for number in everything:
        for attempt in (_FLAGS, _FLAGS | hyperscan.HS_FLAG_PREFILTER):
            try:
                _compile([expressions[number].text], [number], [attempt])
            except hyperscan.error:
                continue
            flags[number] = attempt
            break
    return flags, frozenset(everything.keys() - flags.keys())
