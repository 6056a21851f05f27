r"""The gate: many patterns as one Hyperscan database, asked once of a form of a value.

Its answer is "certainly nothing" or "perhaps these". It may say perhaps wrongly, never no: patterns that Hyperscan can't
read exactly are taken as a superset (`PREFILTER`), and those it can't read at all are reported as ungated.
Vectorscan 5.4.12 overlooks a literal of two bytes that ends where the buffer ends, if another expression is tied to the end
of data. So no expression is tied to it, whichever version is there (`pattern` lets `$` and `\z` be anywhere, `pcre.spelling`
writes a line end for them), and a few line ends follow each value in the buffer. That loses nothing: what matches the value
matches there too, as a line end is no more part of a word than an end is.
A database and its scratch are for one thread; processes share them by fork.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import hyperscan

from edgeguard.waf.expression import PADDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.expression import Expression

Made = tuple["hyperscan.Database | None", frozenset[int]]
"""A database, and the numbers that it holds; no database where Hyperscan read none of the expressions."""

_PAD = b"\n" * PADDING
_FLAGS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH


def _note(number: int, _start: int, end: int, _flags: int, context: tuple[list[int], list[int], int]) -> None:
    found, beyond, length = context
    if end <= length + beyond[number]:
        found.append(number)


class Gate:
    """A compiled set of expressions.

    Args:
        expressions: an expression's number is its place.
        made: their database; None compiles it.

    Attributes:
        ungated: numbers that the database does not hold, and that every value may satisfy.
    """

    __slots__ = ("_beyond", "_database", "_scan", "_size", "ungated")

    def __init__(self, expressions: Sequence[Expression], made: Made | None = None) -> None:
        self._size = len(expressions)
        self._beyond = [expression.beyond for expression in expressions]
        self._database: hyperscan.Database | None = None
        self._scan: Callable[..., None] | None = None
        database, held = made or read(compiled(expressions)) or (None, frozenset())
        self.ungated = frozenset(range(self._size)) - held
        if database is not None:
            database.scratch = hyperscan.Scratch(database)
            self._database = database
            self._scan = database.scan

    def __len__(self) -> int:
        return self._size

    def hits(self, value: bytes) -> Sequence[int]:
        """Numbers of the expressions that occur in `value`, each once, in no order; empty where there is none.

        If the engine fails (its scratch is in use by another thread), every number is a hit.
        """
        found: list[int] = []
        if self._scan is not None:
            try:
                self._scan(value + _PAD, _note, 0, (found, self._beyond, len(value)))
            except hyperscan.error:
                return range(self._size)
        return found


def compiled(expressions: Sequence[Expression]) -> bytes:
    """A database as it is kept, with the numbers that it holds: all, unless Hyperscan can't read some of them."""
    flags = dict.fromkeys(range(len(expressions)), _FLAGS)
    database = _compile(expressions, flags)
    if database is None:  # find out which of them Hyperscan can't read
        flags = _readable(expressions)
        database = _compile(expressions, flags)
    held = [] if database is None else sorted(flags)
    return json.dumps(held).encode() + b"\n" + (b"" if database is None else hyperscan.dumpb(database))


def read(body: bytes) -> Made | None:
    """What `compiled` gave, here or elsewhere; None where it was made for another processor."""
    head, _, serialised = body.partition(b"\n")
    try:
        return (hyperscan.loadb(serialised, hyperscan.HS_MODE_BLOCK) if serialised else None), frozenset(json.loads(head))
    except (hyperscan.error, ValueError):
        return None


def key_of(expressions: Sequence[Expression]) -> bytes:
    """What such a database is kept under. Expressions hold no zero byte: those of patterns are escaped."""
    return b"%d\0" % _FLAGS + b"\0".join(expression.text for expression in expressions)


def _compile(expressions: Sequence[Expression], flags: dict[int, int]) -> hyperscan.Database | None:
    """A database of those expressions whose numbers have flags; None where there are none, or Hyperscan refuses them."""
    if not flags:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=[expressions[number].text for number in flags], ids=list(flags), flags=list(flags.values()))
    except hyperscan.error:
        return None
    return database


def _readable(expressions: Sequence[Expression]) -> dict[int, int]:
    """Flags by number of the expressions that Hyperscan can read exactly, or else as a superset."""
    flags: dict[int, int] = {}
    for number in range(len(expressions)):
        for attempt in (_FLAGS, _FLAGS | hyperscan.HS_FLAG_PREFILTER):
            if _compile(expressions, {number: attempt}) is not None:
                flags[number] = attempt
                break
    return flags
