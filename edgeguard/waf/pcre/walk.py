"""Where RE2 can't follow: lookaround, atomic groups, groups matched again. A walk over a pattern's program that forgets nothing.

A step that failed at a place fails there for good, whatever led to it, so that each pair of step and place is tried once: time
and memory are linear in the value's length. What a group matched before is part of the pair, and what an unbounded lookahead or
atomic group finds may be looked for again from each place; for these a count of tries, linear in the length too, ends the
walk. A walk that ends so counts as a match, as one that an attacker could end by padding must not count as none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.pcre.program import ATOMIC, EDGE, LOOK, MATCH, OCTET, RUN, SAVE, SPLIT, WORDS

if TYPE_CHECKING:
    from edgeguard.waf.pcre.program import Program, Step

_TRIES = 100_000  # and so many more for each octet:
_TRIES_PER_OCTET = 16  # rules' patterns take one or two
_REMEMBERED = 200_000  # tries remembered by a set, not by rows of octets; beyond it all are forgotten


class Spent(Exception):
    """The walk took too many tries."""


class Walk:
    """One value, walked by one program.

    Attributes:
        saved: where groups begin and end after a match, two places each, -1 for one that took no part.
    """

    __slots__ = (
        "_backs",
        "_ends",
        "_failed",
        "_held",
        "_lost",
        "_maps",
        "_rows",
        "_runs",
        "_size",
        "_steps",
        "_tries",
        "_value",
        "saved",
    )

    def __init__(self, program: Program, value: bytes) -> None:
        self._steps = program.steps
        self._backs = program.backs
        self._value = value
        self._size = len(value)
        self._tries = _TRIES + _TRIES_PER_OCTET * len(value)
        self._rows: list[bytearray | None] = [None] * len(program.steps)  # by step: places where it failed, or is being tried
        self._lost: set[tuple[int, ...]] = set()  # the same where groups are matched again
        self._failed: dict[int, set[tuple[int, ...]]] = {}  # by lookahead: what failed in it
        self._held: dict[tuple[int, ...], bool] = {}  # whether a lookaround holds at a place
        self._ends: dict[tuple[int, ...], int] = {}  # where an atomic group ends that begins at a place
        self._maps: dict[int, bytes] = {}  # by step: the value as octets of a set (1) and others (0)
        self._runs: dict[int, tuple[int, int]] = {}  # by step: the last run of the set that was looked at
        self.saved = [-1] * (2 * program.groups + 2)

    def match(self, first: int, at: int) -> int:
        """Where the match ends that begins at `at`; -1 where there is none.

        Raises:
            Spent: it took too long to find out.
        """
        return self._go(first, at, None, None)

    def _go(self, step: int, at: int, stop: int | None, seen: set[tuple[int, ...]] | None) -> int:
        """From a step and a place to a MATCH, and where that stands: at `stop` if that is given.

        Args:
            step: where to begin.
            at: the place to begin at.
            stop: where a lookbehind must end.
            seen: the tries of a part of its own; None for the pattern itself, whose tries last for the whole walk.
        """
        steps, value, size, saved = self._steps, self._value, self._size, self.saved
        stack: list[tuple[int, int]] = []
        while True:
            current = steps[step]
            kind = current[0]
            if kind == OCTET:
                if at < size and current[3][value[at]]:
                    at += 1
                    step = current[1]
                    continue
            elif kind == SPLIT:
                if self._first_time(step, at, seen):
                    stack.append((current[2], at))
                    step = current[1]
                    continue
            elif kind == MATCH:
                if stop is None or at == stop:
                    return at
            elif kind == SAVE:
                slot = current[2]
                stack.append((~slot, saved[slot]))
                saved[slot] = at
                step = current[1]
                continue
            else:
                end = self._beside(current, step, at)
                if end >= 0:
                    at = end
                    step = current[1]
                    continue
            while stack:
                step, at = stack.pop()
                if step >= 0:
                    break
                saved[~step] = at
            else:
                return -1

    def _first_time(self, step: int, at: int, seen: set[tuple[int, ...]] | None) -> bool:
        """Whether a step is tried at a place for the first time."""
        self._tries -= 1
        if self._tries < 0:
            raise Spent
        if seen is not None or self._backs:
            tries = self._lost if seen is None else seen
            state = (step, at, *[self.saved[slot] for slot in self._backs])
            if state in tries:
                return False
            if len(tries) >= _REMEMBERED:
                tries.clear()
            tries.add(state)
            return True
        row = self._rows[step]
        if row is None:
            row = self._rows[step] = bytearray(self._size + 1)
        if row[at]:
            return False
        row[at] = 1
        return True

    def _beside(self, current: Step, step: int, at: int) -> int:
        """Where the rarer steps lead; -1 where they fail."""
        kind = current.kind
        if kind == EDGE:
            return at if self._edge(current.place, at) else -1
        if kind == LOOK:
            key = (step, at, *[self.saved[slot] for slot in self._backs])
            holds = self._held.get(key)
            if holds is None:
                holds = self._held[key] = self._looks(current, step, at)
            return at if holds is not current.negated else -1
        if kind == RUN:
            marks = self._maps.get(step)
            if marks is None:
                marks = self._maps[step] = self._value.translate(current.table)
            begin, end = self._runs.get(step, (1, 0))
            if not begin <= at <= end:
                end = marks.find(b"\0", at)
                end = self._size if end < 0 else end
                self._runs[step] = at, end
                self._tries -= end - at >> 4  # found sixteen octets at a time, or more
            return end
        if kind == ATOMIC:
            key = (step, at, *[self.saved[slot] for slot in self._backs])
            known = self._ends.get(key)
            if known is None:
                known = self._ends[key] = self._go(current.other, at, None, set())
            return known
        return self._again(current, at)

    def _looks(self, current: Step, step: int, at: int) -> bool:
        if not current.ahead:
            starts = range(at - current.low, max(at - current.high, 0) - 1, -1)
            self._tries -= len(starts)
            return any(self._go(current.other, start, at, set()) >= 0 for start in starts)
        failed = self._failed.setdefault(step, set())
        before = len(failed)
        holds = self._go(current.other, at, None, failed) >= 0
        if holds and len(failed) > before:  # what succeeded is among the tries, and may succeed again
            self._failed[step] = set()
        return holds

    def _again(self, current: Step, at: int) -> int:
        begin, end = self.saved[2 * current.other : 2 * current.other + 2]
        if begin < 0 or end < 0:
            return -1
        wanted = self._value[begin:end]
        found = self._value[at : at + len(wanted)]
        self._tries -= len(wanted) >> 4
        if current.table:
            return at + len(wanted) if found.lower() == wanted.lower() else -1
        return at + len(wanted) if found == wanted else -1

    def _edge(self, place: str, at: int) -> bool:
        value, size = self._value, self._size
        if place == "start":
            return at == 0
        if place == "end":
            return at == size
        if place == "line_start":
            return at == 0 or value[at - 1] == 10
        if place == "line_end":
            return at == size or value[at] == 10
        if place == "last_line_end":
            return at == size or (at == size - 1 and value[at] == 10)
        before = at > 0 and WORDS[value[at - 1]]
        after = at < size and WORDS[value[at]]
        return (before != after) == (place == "word_edge")
