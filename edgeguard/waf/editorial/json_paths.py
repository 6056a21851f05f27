"""Patterns of JSON paths as one automaton, walked key by key beside a document.

`data.attributes.*` fits each member of `attributes`, `data.attributes.**` all that stands below it, and itself. A key is one
step whatever characters it has, so that a dot in it stands for no step. Lists add none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edgeguard.config.model import ContentKind

_Place = tuple[int, int]
"""A pattern's number, and how many of its steps are behind."""


class Node:
    """A state of the automaton.

    Attributes:
        kind: of values here, by the first pattern that fits; None where none does.
        dead: nothing below can fit.
    """

    __slots__ = ("dead", "kind", "named", "other")

    def __init__(self, kind: str | None) -> None:
        self.kind = kind
        self.dead = False
        self.named: dict[str, Node] = {}
        self.other: Node = self

    def step(self, key: str) -> Node:
        """The state below `key`."""
        return self.named.get(key, self.other)


def compile_paths(patterns: Mapping[str, ContentKind | Literal["graphql"]]) -> Node:
    """The state at a document's root. Patterns are the operator's; how many states they make does not depend on a client."""
    split = [pattern.split(".") for pattern in patterns]
    return _Compiler(split, list(patterns.values())).state(_open(split, ((number, 0) for number in range(len(split)))))


class _Compiler:
    def __init__(self, patterns: list[list[str]], kinds: Sequence[str]) -> None:
        self._patterns = patterns
        self._kinds = kinds
        self._made: dict[frozenset[_Place], Node] = {}

    def state(self, places: frozenset[_Place]) -> Node:
        node = self._made.get(places)
        if node is not None:
            return node
        fitting = [number for number, at in places if at == len(self._patterns[number])]
        node = self._made[places] = Node(self._kinds[min(fitting)] if fitting else None)
        steps = {self._patterns[number][at] for number, at in places if at < len(self._patterns[number])}
        node.dead = not steps
        node.other = node if not places else self.state(self._after(places, None))
        node.named = {key: self.state(self._after(places, key)) for key in sorted(steps - {"*", "**"})}
        return node

    def _after(self, places: frozenset[_Place], key: str | None) -> frozenset[_Place]:
        behind = []
        for number, at in places:
            step = self._patterns[number][at] if at < len(self._patterns[number]) else None
            if step == "**":
                behind.append((number, at))
            elif step == "*" or (step is not None and step == key):
                behind.append((number, at + 1))
        return _open(self._patterns, behind)


def _open(patterns: list[list[str]], places: Iterable[_Place]) -> frozenset[_Place]:
    """All places that are reached without a step: `**` may stand for none."""
    found: set[_Place] = set()
    for number, start in places:
        at = start
        found.add((number, at))
        while at < len(patterns[number]) and patterns[number][at] == "**":
            at += 1
            found.add((number, at))
    return frozenset(found)
