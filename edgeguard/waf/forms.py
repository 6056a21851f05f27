"""Pipelines of transformations as a trie, and the distinct forms that a value takes on its way through it.

A step that changes nothing gives back the same object, and equal forms meet again in one look-up, so that a benign value
has one form whatever the number of rules. Values without any byte that some step could change are not even walked:
each step names those bytes (`Transformation.stirs`), and `Trie.calm` is what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edgeguard.waf.model import Term

_REMEMBERED = 4096  # values per trie, of at most `_LONGEST` bytes each: 2 MB, and fewer in practice
_LONGEST = 256  # user agents and accept fields are shorter; longer values rarely come twice


class Node:
    """The form after some steps.

    Attributes:
        steps: what leads on, each with its node.
        patterns: terms that look at this form, by the number of the pattern that makes them candidates.
        arrivals: terms that are candidates whenever a value of their name comes by.
    """

    __slots__ = ("arrivals", "patterns", "steps")

    def __init__(self) -> None:
        self.steps: list[tuple[Callable[[bytes], bytes], Node]] = []
        self.patterns: dict[int, list[Term]] = {}
        self.arrivals: list[Term] = []


class Trie:
    """All that is asked of one source's values.

    Attributes:
        label: the source's name, for verdicts.
        root: the value as it is.
        calm: bytes which no step of the trie changes.
        patterns: as the nodes have them, of all nodes together; for values that are calm.
        arrivals: likewise.
        clean: values in which nothing was found; bounded.
    """

    __slots__ = ("arrivals", "calm", "clean", "label", "patterns", "root")

    def __init__(self, label: str, entries: Iterable[tuple[Term, Iterable[int], bool]]) -> None:
        """Take terms, the numbers of their patterns, and whether they are candidates on arrival."""
        self.label = label
        self.root = Node()
        self.clean: set[bytes] = set()
        self.patterns: dict[int, list[Term]] = {}
        self.arrivals: list[Term] = []
        stirring: set[int] = set()
        made: dict[tuple[str, ...], Node] = {(): self.root}
        for term, numbers, on_arrival in entries:
            node = self.root
            names: tuple[str, ...] = ()
            for step in term.pipeline:
                stirring |= step.stirs
                names = (*names, step.name)
                if names not in made:
                    made[names] = Node()
                    node.steps.append((step.apply, made[names]))
                node = made[names]
            for number in numbers:
                node.patterns.setdefault(number, []).append(term)
                self.patterns.setdefault(number, []).append(term)
            if on_arrival:
                node.arrivals.append(term)
                self.arrivals.append(term)
        self.calm = bytes(octet for octet in range(256) if octet not in stirring)

    def forms(self, value: bytes, tick: Callable[[], None] | None = None) -> dict[bytes, list[Node]]:
        """Each distinct form of `value` with the nodes that look at it; `tick` is called before each step and may raise."""
        found: dict[bytes, list[Node]] = {value: [self.root]}
        waiting = [(self.root, value)]
        while waiting:
            node, form = waiting.pop()
            for apply, following in node.steps:
                if tick is not None:
                    tick()
                made = apply(form)
                nodes = found.get(made)
                if nodes is None:
                    found[made] = [following]
                else:
                    nodes.append(following)
                if following.steps:
                    waiting.append((following, made))
        return found

    def remember(self, value: bytes) -> None:
        """Note that nothing is in `value`. A full memory starts anew: forgetting costs a scan, never a miss."""
        if len(value) <= _LONGEST:
            if len(self.clean) >= _REMEMBERED:
                self.clean.clear()
            self.clean.add(value)
