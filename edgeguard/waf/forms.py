"""What is asked of the values of one source: pipelines of transformations as a trie, and the distinct forms that a value takes.

A step that changes nothing gives back the same object, so that a benign value has one to three forms whatever the number of
rules, and is scanned as often. Which steps can change a value at all follows from the bytes in it, and is worked out once for
each set of bytes. What was found in a value is remembered: user agents, names of parameters and accept fields come again and
again, and are then not looked at a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bare import BARE, bare
from edgeguard.waf.expression import PLAIN
from edgeguard.waf.transformations.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Transform = Callable[[bytes], bytes]

    from edgeguard.waf.expression import Expression
    from edgeguard.waf.gate import Gate
    from edgeguard.waf.model import Term
    from edgeguard.waf.transformations.registry import Transformation

_REMEMBERED = 4096  # values per trie, of at most `_LONGEST` bytes each: 2 MB, and fewer in practice
_LONGEST = 256  # user agents and accept fields are shorter; longer values rarely come twice
_LONG = 4096  # bytes of a value whose forms take so long that time is looked at between them
_SETS = 1024  # sets of bytes for which it is known which steps matter: 1 MB per trie. Text in one language has a few dozen
# Steps that never make a value longer.
_SHRINKING = frozenset(
    {"base64Decode", "base64_decode", "base64_decode_ext", "compress_whitespace", "cssDecode", "css_decode",
     "hexDecode", "hex_decode", "jsDecode", "js_decode", "lowercase", "normalise_path", "remove_nulls",
     "removeWhitespace", "remove_whitespace", "replaceComments", "replace_comments", "trim", "uppercase", "urlDecodeUni",
     "url_decode", "url_decode_uni"}
)  # fmt: skip
_WAYS = 256  # sets of steps, likewise: 2 MB per trie
_NONE: frozenset[int] = frozenset()
_EVERY = 256  # a step that stirs so many bytes changes every value

Terms = tuple["Term", ...]
Step = tuple["Callable[[bytes], bytes]", "Branch"]


class Entry:
    """A term as the trie takes it: after these steps, one of these expressions occurs in every value that satisfies it."""

    __slots__ = ("expressions", "steps", "term")

    def __init__(self, term: Term, steps: tuple[Transformation, ...], expressions: tuple[Expression, ...]) -> None:
        self.term = term
        self.steps = steps
        self.expressions = expressions


class Patterns:
    """Expressions that are looked for in one scan.

    Attributes:
        wanted: terms by the expression that makes them candidates.
        least: bytes of the shortest form that is worth a scan.
        always: databases that every form is scanned with, and the terms by the numbers that each tells.
        marked: likewise those that hold nothing for a form without a mark (`expression.PLAIN`).
        odd: a step before them changes every value, so that they are not looked for in the value as it is.
    """

    __slots__ = ("always", "least", "marked", "odd", "wanted")

    def __init__(self, *, odd: bool = False) -> None:
        self.odd = odd
        self.wanted: dict[Expression, list[Term]] = {}
        self.least = 0
        self.always: list[tuple[Gate, list[Terms]]] = []
        self.marked: list[tuple[Gate, list[Terms]]] = []

    def add(self, entry: Entry, *, plain: bool = False) -> None:
        """Look for an entry's expressions; where `plain`, for those only that need no mark."""
        for expression in entry.expressions:
            if not (plain and expression.marked):
                self.wanted.setdefault(expression, []).append(entry.term)

    def bind(self, gate: Gate, numbers: dict[Expression, int]) -> None:
        """Take a gate that has some of the expressions, under these numbers, and perhaps others that are not wanted."""
        asked = [expression for expression in self.wanted if expression in numbers]
        if not asked:
            return
        self.least = min(expression.least for expression in self.wanted)
        terms: list[Terms] = [()] * len(numbers)
        for expression in asked:
            terms[numbers[expression]] = tuple(dict.fromkeys(self.wanted[expression]))
        (self.marked if all(expression.marked for expression in asked) else self.always).append((gate, terms))

    def scan(self, form: bytes, found: dict[Term, None]) -> None:
        """Add the terms that may hold for `form`."""
        if len(form) >= self.least:
            _scan(self.always, form, found)
            if self.marked and form.translate(None, PLAIN):
                _scan(self.marked, form, found)


def _steps(onward: dict[Callable[[bytes], bytes], Branch]) -> tuple[Step, ...]:
    """Steps on the way. Two that one function makes together come as one, and the first besides where its form is looked at."""
    steps: list[Step] = []
    for apply, branch in onward.items():
        joined = [(both, beyond) for second, beyond in branch.steps if (both := together(apply, second)) is not None]
        if not joined:
            steps.append((apply, branch))
            continue
        steps += joined
        rest = Branch()
        rest.patterns = branch.patterns
        rest.steps = tuple(step for step in branch.steps if together(apply, step[0]) is None)
        if rest.patterns or rest.steps:
            steps.append((apply, rest))
    return tuple(steps)


def _scan(databases: list[tuple[Gate, list[Terms]]], form: bytes, found: dict[Term, None]) -> None:
    for gate, terms in databases:
        for number in gate.hits(form):
            for term in terms[number]:
                found[term] = None


class Node:
    """The form after some steps.

    Attributes:
        steps: what leads on: the function, the bytes it may change, and the node.
        patterns: what is looked for in such forms; other nodes that end in the same step share it, their forms being alike.
    """

    __slots__ = ("patterns", "steps")

    def __init__(self) -> None:
        self.steps: list[tuple[Callable[[bytes], bytes], frozenset[int], Node]] = []
        self.patterns: Patterns | None = None


class Branch:
    """Nodes that one form reaches together.

    Attributes:
        patterns: what they look for.
        steps: what leads on from there.
    """

    __slots__ = ("patterns", "steps")

    def __init__(self) -> None:
        self.patterns: tuple[Patterns, ...] = ()
        self.steps: tuple[Step, ...] = ()


class Trie:
    """All that is asked of one source's values.

    Attributes:
        label: the source's name, for verdicts.
        root: the value as it is.
        nodes: all of them, the root first.
        calm: bytes which no step changes, but for those steps that change every value.
        whole: what is looked for in a value that no such step changes.
        bare: what is looked for in bare values and forms, of all of them. In a value that is bare already there is less to
            look for: what needs no mark is part of `whole`, and what needs one is not there if the value has none.
        groups: what is looked for in other forms, by the last step, and whether one of the steps changes every value.
        shortest: a calm value with fewer bytes has no other form worth a scan.
        checks: terms without expressions, which are asked exactly.
        known: what was found in values before; bounded.
    """

    __slots__ = (
        "_branches",
        "_odd_shrink",
        "_stirs",
        "_ways",
        "_ways_of",
        "bare",
        "calm",
        "checks",
        "groups",
        "known",
        "label",
        "nodes",
        "root",
        "shortest",
        "whole",
    )

    def __init__(self, label: str, entries: Iterable[Entry], checks: Iterable[Term]) -> None:
        self.label = label
        self.root = Node()
        self.nodes = [self.root]
        self.whole = Patterns()
        self.bare = Patterns(odd=True)
        self.groups: dict[tuple[str, bool], Patterns] = {}
        self.checks = tuple(dict.fromkeys(checks))
        self.known: dict[bytes, Terms] = {}
        self._ways: dict[frozenset[int], tuple[Step, ...]] = {}  # by the bytes of a value
        self._ways_of: dict[frozenset[Transform], tuple[Step, ...]] = {}  # by the steps that may change it
        self._stirs: dict[Transform, frozenset[int]] = {}
        self._branches: dict[frozenset[Node], Branch] = {}
        self._odd_shrink = True
        stirring: set[int] = set()
        made: dict[tuple[str, ...], Node] = {(): self.root}
        for entry in entries:
            node = self._reach(entry.steps, made, stirring)
            odd = any(len(step.stirs) == _EVERY for step in entry.steps)
            if odd:
                self._odd_shrink = self._odd_shrink and all(step.name in _SHRINKING for step in entry.steps)
            if entry.steps and entry.steps[-1] is BARE:
                node.patterns = self.bare
                self.bare.add(entry)
                self.whole.add(entry, plain=True)
                continue
            if not odd:
                self.whole.add(entry)
            if entry.steps:
                node.patterns = self.groups.setdefault((entry.steps[-1].name, odd), Patterns(odd=odd))
                node.patterns.add(entry)
        self.shortest = 0
        self.calm = bytes(octet for octet in range(256) if octet not in stirring)

    def _reach(self, steps: tuple[Transformation, ...], made: dict[tuple[str, ...], Node], stirring: set[int]) -> Node:
        names = tuple(step.name for step in steps)
        if names in made:
            return made[names]
        node = made[names] = Node()
        self.nodes.append(node)
        last = steps[-1]
        self._reach(steps[:-1], made, stirring).steps.append((last.apply, last.stirs, node))
        self._stirs[last.apply] = last.stirs
        if len(last.stirs) < _EVERY and last is not BARE:
            stirring |= last.stirs
        return node

    @property
    def patterns(self) -> tuple[Patterns, ...]:
        """All that is looked for."""
        return (self.whole, self.bare, *self.groups.values())

    def settle(self) -> None:
        """Note what follows from the patterns, once they have their databases."""
        odd = [group.least for (_, changes_all), group in self.groups.items() if changes_all]
        self.shortest = min(odd, default=0) if self._odd_shrink else 0

    def ask(self, value: bytes, tick: Callable[[], None]) -> Terms:
        """The terms that `value` may satisfy, without regard to its name; never one too few.

        What patterns say of short values is made exact at once: it costs less here than in a rule, and is remembered.

        Args:
            value: as the source has it.
            tick: called before work on long values; may raise, and nothing is remembered then.
        """
        found: dict[Term, None] = {}
        whole, below = self.whole, self.bare
        if len(value) >= whole.least:
            _scan(whole.always, value, found)
        if value.translate(None, PLAIN):
            _scan(whole.marked, value, found)
            form = bare(value)
            if form is not value:
                below.scan(form, found)
            else:
                _scan(below.marked, value, found)
        stirring = value.translate(None, self.calm)
        stirred = frozenset(stirring) if stirring else _NONE
        ways = self._ways.get(stirred)
        if ways is None:
            ways = self._find_ways(stirred)
        if ways and (stirring or len(value) >= self.shortest):
            self._follow(value, ways, found, tick if len(value) > _LONG else None)
        if found and len(value) <= _LONG:
            found = {term: None for term in found if term.takes(value)}
        for check in self.checks:
            if check.takes(value):
                found[check] = None
        result = tuple(found)
        if len(value) <= _LONGEST:
            self._remember(value, result)
        return result

    def _find_ways(self, stirred: frozenset[int]) -> tuple[Step, ...]:
        """The first steps on each way down the trie that may change a value with these bytes; those before change nothing."""
        moving = frozenset(
            [apply for apply, stirs in self._stirs.items() if len(stirs) == _EVERY or not stirs.isdisjoint(stirred)]
        )
        ways = self._ways_of.get(moving)
        if ways is None:
            found: dict[Transform, set[Node]] = {}
            waiting = [self.root]
            while waiting:
                for apply, _, following in waiting.pop().steps:
                    if apply is bare:
                        continue  # the value itself is looked at in any case
                    if apply in moving:
                        found.setdefault(apply, set()).add(following)
                    else:
                        waiting.append(following)
            if len(self._ways_of) >= _WAYS:
                self._ways_of.clear()
                self._branches.clear()
            ways = self._ways_of[moving] = _steps({apply: self._branch(frozenset(nodes)) for apply, nodes in found.items()})
        if len(self._ways) >= _SETS:
            self._ways.clear()
        self._ways[stirred] = ways
        return ways

    def _branch(self, nodes: frozenset[Node]) -> Branch:
        """What these nodes ask of the one form that reaches them all: whatever the way, a step makes the same of it."""
        known = self._branches.get(nodes)
        if known is None:
            known = self._branches[nodes] = Branch()
            onward: dict[Callable[[bytes], bytes], set[Node]] = {}
            for node in nodes:
                for apply, _, following in node.steps:
                    onward.setdefault(apply, set()).add(following)
            known.patterns = tuple({id(node.patterns): node.patterns for node in nodes if node.patterns is not None}.values())
            known.steps = _steps({apply: self._branch(frozenset(following)) for apply, following in onward.items()})
        return known

    def _follow(self, value: bytes, ways: Sequence[Step], found: dict[Term, None], tick: Callable[[], None] | None) -> None:
        """Go down the trie from where the value may change; scan each distinct form once for each group that looks at it."""
        scanned: set[tuple[bytes, int]] = {(bare(value), id(self.bare))}
        waiting: list[tuple[bytes, Sequence[Step]]] = [(value, ways)]
        while waiting:
            form, steps = waiting.pop()
            for apply, branch in steps:
                if tick is not None:
                    tick()
                made = apply(form)
                for patterns in branch.patterns:
                    if (made != value or patterns.odd) and len(made) >= patterns.least:
                        key = (made, id(patterns))
                        if key not in scanned:
                            scanned.add(key)
                            patterns.scan(made, found)
                if branch.steps:
                    waiting.append((made, branch.steps))

    def _remember(self, value: bytes, terms: Terms) -> None:
        """Note what is in `value`. A full memory starts anew: forgetting costs a scan, never a miss."""
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        self.known[value] = terms
