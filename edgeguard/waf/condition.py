"""A rule's condition: names of selections with `and`, `or`, `not` and parentheses, as a small tree.

`and` binds tighter than `or`, `not` tighter than both. The tree is evaluated in Python's truth values, or in three
(None is "not known yet"), by which the compiler finds out which rules can't hold unless a pattern was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_DEEPEST = 32  # nested parentheses; nobody reads more, and recursion stays bounded


@dataclass(frozen=True, slots=True)
class Name:
    """A selection."""

    name: str

    def holds(self, ask: Callable[[str], bool]) -> bool:
        return ask(self.name)

    def perhaps(self, ask: Callable[[str], bool | None]) -> bool | None:
        return ask(self.name)

    @property
    def negates(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of `part`."""

    part: Node

    def holds(self, ask: Callable[[str], bool]) -> bool:
        return not self.part.holds(ask)

    def perhaps(self, ask: Callable[[str], bool | None]) -> bool | None:
        known = self.part.perhaps(ask)
        return None if known is None else not known

    @property
    def negates(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`, asked from left to right until one fails."""

    parts: tuple[Node, ...]

    def holds(self, ask: Callable[[str], bool]) -> bool:
        return all(part.holds(ask) for part in self.parts)

    def perhaps(self, ask: Callable[[str], bool | None]) -> bool | None:
        known = [part.perhaps(ask) for part in self.parts]
        return False if False in known else None if None in known else True

    @property
    def negates(self) -> bool:
        return any(part.negates for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """One of `parts`, asked from left to right until one holds."""

    parts: tuple[Node, ...]

    def holds(self, ask: Callable[[str], bool]) -> bool:
        return any(part.holds(ask) for part in self.parts)

    def perhaps(self, ask: Callable[[str], bool | None]) -> bool | None:
        known = [part.perhaps(ask) for part in self.parts]
        return True if True in known else None if None in known else False

    @property
    def negates(self) -> bool:
        return any(part.negates for part in self.parts)


Node = Name | Not | And | Or


def parse(text: str, known: Iterable[str]) -> Node:
    """The tree of `text`.

    Raises:
        Refused: it is no condition, or names a selection that is not in `known`, or leaves one of them out.
    """
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    names = list(known)
    reader = _Reader(words, names)
    tree = reader.either(0)
    if reader.at < len(words):
        raise Refused(f"condition: '{words[reader.at]}' is not expected here")
    for name in names:
        if name not in reader.used:
            raise Refused(f"condition: the selection '{name}' is never used")
    return tree


class _Reader:
    """Recursive descent over words."""

    def __init__(self, words: list[str], known: list[str]) -> None:
        self.words = words
        self.known = known
        self.used: set[str] = set()
        self.at = 0

    def _next(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def either(self, depth: int) -> Node:
        parts = [self.both(depth)]
        while self._next() == "or":
            self.at += 1
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self._next() == "and":
            self.at += 1
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise Refused(f"condition: nested deeper than {_DEEPEST}")
        word = self._next()
        self.at += 1
        if word == "not":
            return Not(self.one(depth + 1))
        if word == "(":
            tree = self.either(depth + 1)
            if self._next() != ")":
                raise Refused("condition: a parenthesis is not closed")
            self.at += 1
            return tree
        if word in ("", ")", "and", "or"):
            raise Refused(f"condition: a selection's name is expected, not '{word or 'the end'}'")
        if word not in self.known:
            raise Refused("condition: " + unknown("selection", word, self.known))
        self.used.add(word)
        return Name(word)
