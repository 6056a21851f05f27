"""What is asked of the values of one source: pipelines of transformations as a trie, and the distinct forms that a value takes.

A step that changes nothing gives back the same object, and equal forms meet again in one look-up, so that a benign value
has one to three forms whatever the number of rules. What was found in a value is remembered: user agents, names of
parameters and accept fields come again and again, and are then not looked at a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edgeguard.waf.gate import Gate
    from edgeguard.waf.model import Term
    from edgeguard.waf.pattern import Expression
    from edgeguard.waf.transformations.registry import Transformation

_REMEMBERED = 4096  # values per trie, of at most `_LONGEST` bytes each: 2 MB, and fewer in practice
_LONGEST = 256  # user agents and accept fields are shorter; longer values rarely come twice
_LONG = 4096  # bytes of a value whose forms take so long that time is looked at between them
_EVERY = 256  # a step that stirs so many bytes changes every value

Terms = tuple["Term", ...]


class Entry:
    """A term as the trie takes it: after these steps, one of these expressions occurs in every value that satisfies it."""

    __slots__ = ("expressions", "steps", "term")

    def __init__(self, term: Term, steps: tuple[Transformation, ...], expressions: tuple[Expression, ...]) -> None:
        self.term = term
        self.steps = steps
        self.expressions = expressions


class Node:
    """The form after some steps.

    Attributes:
        steps: what leads on: the function, the bytes it may change, and the node.
        wanted: terms by the expression that makes them candidates.
        gate: the expressions of this node; None where it has none.
        terms: by the number that the gate tells.
    """

    __slots__ = ("gate", "steps", "terms", "wanted")

    def __init__(self) -> None:
        self.steps: list[tuple[Callable[[bytes], bytes], frozenset[int], Node]] = []
        self.wanted: dict[Expression, list[Term]] = {}
        self.gate: Gate | None = None
        self.terms: list[Terms] = []

    def bind(self, gate: Gate | None, numbers: dict[Expression, int]) -> None:
        """Take the gate that has this node's expressions, under these numbers."""
        self.gate = gate
        self.terms = [()] * len(numbers)
        for expression, terms in self.wanted.items():
            self.terms[numbers[expression]] = tuple(terms)


class Trie:
    """All that is asked of one source's values.

    Attributes:
        label: the source's name, for verdicts.
        root: the value as it is.
        nodes: all of them, the root first.
        odd: nodes behind a step that changes every value, with the steps that lead there.
        calm: bytes which no other step of the trie changes.
        whole: the expressions of all nodes together but the odd ones, for a value that no step changes.
        checks: terms without expressions, which are asked exactly.
        known: what was found in values before; bounded.
    """

    __slots__ = ("calm", "checks", "known", "label", "nodes", "odd", "root", "whole")

    def __init__(self, label: str, entries: Iterable[Entry], checks: Iterable[Term]) -> None:
        self.label = label
        self.root = Node()
        self.nodes = [self.root]
        self.odd: list[tuple[tuple[Transformation, ...], Node]] = []
        self.whole = Node()
        self.checks = tuple(dict.fromkeys(checks))
        self.known: dict[bytes, Terms] = {}
        stirring: set[int] = set()
        made: dict[tuple[str, ...], Node] = {(): self.root}
        for entry in entries:
            node = self._reach(entry.steps, made, stirring)
            into = [node] if self._is_odd(entry.steps) else [node, self.whole]
            for expression in entry.expressions:
                for each in into:
                    each.wanted.setdefault(expression, []).append(entry.term)
        self.calm = bytes(octet for octet in range(256) if octet not in stirring)

    @staticmethod
    def _is_odd(steps: Sequence[Transformation]) -> bool:
        return any(len(step.stirs) == _EVERY for step in steps)

    def _reach(self, steps: tuple[Transformation, ...], made: dict[tuple[str, ...], Node], stirring: set[int]) -> Node:
        names = tuple(step.name for step in steps)
        if names in made:
            return made[names]
        node = made[names] = Node()
        self.nodes.append(node)
        if self._is_odd(steps):
            self.odd.append((steps, node))
            return node
        before = self._reach(steps[:-1], made, stirring)
        last = steps[-1]
        stirring |= last.stirs
        before.steps.append((last.apply, last.stirs, node))
        return node

    def ask(self, value: bytes, tick: Callable[[], None]) -> Terms:
        """The terms that `value` may satisfy, without regard to its name; never one too few.

        Args:
            value: as the source has it.
            tick: called before work on long values; may raise, and nothing is remembered then.
        """
        found: dict[Term, None] = {}
        stirred = value.translate(None, self.calm)
        if stirred:
            self._ask_forms(value, frozenset(stirred), found, tick if len(value) > _LONG else None)
        else:
            self._scan(self.whole, value, found)
        for steps, node in self.odd:
            form = value
            for step in steps:
                form = step.apply(form)
            self._scan(node, form, found)
        for check in self.checks:
            if check.takes(value):
                found[check] = None
        result = tuple(found)
        if len(value) <= _LONGEST:
            self._remember(value, result)
        return result

    def _ask_forms(self, value: bytes, stirred: frozenset[int], found: dict[Term, None], tick: Callable[[], None] | None) -> None:
        """Scan the value for all nodes at once, which takes some for candidates that only other forms could be; then each
        distinct other form for the nodes that look at it.
        """
        forms: dict[bytes, list[Node]] = {}
        self._walk(value, stirred, forms, tick)
        self._scan(self.whole, value, found)
        for form, nodes in forms.items():
            if tick is not None:
                tick()
            for node in nodes:
                self._scan(node, form, found)

    def _walk(
        self,
        value: bytes,
        stirred: frozenset[int],
        forms: dict[bytes, list[Node]],
        tick: Callable[[], None] | None,
    ) -> None:
        waiting: list[tuple[Node, bytes]] = [(self.root, value)]
        while waiting:
            node, form = waiting.pop()
            for apply, stirs, following in node.steps:
                if form is value and stirs.isdisjoint(stirred):
                    made = value
                else:
                    if tick is not None:
                        tick()
                    made = apply(form)
                    if made == value:
                        made = value
                if made is not value and following.wanted:
                    forms.setdefault(made, []).append(following)
                if following.steps:
                    waiting.append((following, made))

    @staticmethod
    def _scan(node: Node, form: bytes, found: dict[Term, None]) -> None:
        if node.gate is not None:
            terms = node.terms
            for number in node.gate.hits(form):
                found.update(dict.fromkeys(terms[number]))

    def _remember(self, value: bytes, terms: Terms) -> None:
        """Note what is in `value`. A full memory starts anew: forgetting costs a scan, never a miss."""
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        self.known[value] = terms
