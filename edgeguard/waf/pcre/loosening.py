"""Large patterns made small enough for the gate: noise is taken for noise, and words that are too many are parted.

Rules against commands in disguise allow quotes, backslashes and expansions after each letter of each of hundreds of words.
Hyperscan takes a pattern of more than some 500 states for too large; what it can make of it instead lets nearly every value pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgeguard.waf.pcre.nodes import Chain, Choice, Group, Node, Octet, Repeat, chained, inside, may_be_empty
from edgeguard.waf.pcre.octets import WORD

_STATES = 300  # of one expression; below that, it finds the words first and looks at what precedes them only then
_PARTS = 64  # expressions for one pattern at most
_LEAST = 60  # states that are left for the words beside what stands around them


def loosened(node: Node) -> list[Node]:
    """Smaller patterns of which one at least takes whatever `node` takes."""
    smaller = without_noise(node)
    parts = _Parting().parted(smaller, _STATES)
    return parts if len(parts) <= _PARTS else [smaller]


@dataclass(slots=True)
class _Run:
    """Neighbours that may all be empty.

    Attributes:
        noise: octets that may stand in it, none of a word.
        leads: octets, none of a word, behind one of which others may stand, too.
        behind: all octets that may stand behind them.
    """

    noise: int = 0
    leads: int = 0
    behind: int = 0

    def take(self, node: Node) -> bool:
        """Whether `node` is noise, or begins with it where it has letters; it is added then."""
        mask = alphabet(node)
        if mask < 0 or not may_be_empty(node):
            return False
        if not mask & WORD:
            self.noise |= mask
            self.behind |= mask
            return True
        inner = node.node if isinstance(node, Repeat) else node
        parts = inner.parts if isinstance(inner, Chain) else ()
        before = 0
        for part in parts:
            if isinstance(part, Octet) and not part.mask & WORD:
                self.noise |= before
                self.leads |= part.mask
                self.behind |= mask
                return True
            one = alphabet(part)
            if one & WORD:
                return False
            before |= one
        return False

    def node(self) -> Node:
        """All that the neighbours take, and more: noise, and perhaps a lead and anything behind it."""
        noise = Repeat(Octet(self.noise), 0, None) if self.noise else Chain(())
        if not self.leads:
            return noise
        led = Chain((Octet(self.leads), Repeat(Octet(self.behind | self.noise), 0, None)))
        return Chain((noise, Repeat(led, 0, 1)))


def without_noise(node: Node) -> Node:
    """A smaller pattern that takes whatever `node` takes: parts that may be empty lose the order of what is in them.

    Only octets that make no words are let go so; where letters may follow, what must lead them is kept. Words stay whole.
    """
    if isinstance(node, Chain):
        parts: list[Node] = []
        run = _Run()
        for part in node.parts:
            if run.take(part):
                continue
            if run.behind:
                parts.append(run.node())
                run = _Run()
            parts.append(without_noise(part))
        if run.behind:
            parts.append(run.node())
        return chained(parts)
    if isinstance(node, Choice):
        return Choice(tuple(map(without_noise, node.branches)))
    if isinstance(node, Repeat):
        return Repeat(without_noise(node.node), node.least, node.most, node.greedy)
    return Group(node.number, without_noise(node.node)) if isinstance(node, Group) else node


def alphabet(node: Node) -> int:
    """The octets that can occur in it; -1 where it has what is no matter of octets."""
    if isinstance(node, Octet):
        return node.mask
    if not isinstance(node, Chain | Choice | Repeat | Group):
        return -1
    mask = 0
    for part in inside(node):
        one = alphabet(part)
        if one < 0:
            return -1
        mask |= one
    return mask


class _Parting:
    """Counts states once a node."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}

    def states(self, node: Node) -> int:
        """About as many states as the pattern has in an automaton."""
        known = self.counts.get(id(node))
        if known is None:
            if isinstance(node, Octet):
                known = 1
            elif isinstance(node, Repeat):
                known = self.states(node.node) * max(node.least, node.most or 1, 1)
            else:
                known = sum(map(self.states, inside(node)))
            self.counts[id(node)] = known
        return known

    def parted(self, node: Node, limit: int) -> list[Node]:
        """Patterns of no more than `limit` states, if that can be, that together take what `node` takes."""
        if self.states(node) <= limit:
            return [node]
        if isinstance(node, Group):
            return self.parted(node.node, limit)
        if isinstance(node, Chain):
            place = max(range(len(node.parts)), key=lambda at: self.states(node.parts[at]))
            largest = node.parts[place]
            left = limit - self.states(node) + self.states(largest)
            pieces = self.parted(largest, max(left, _LEAST))
            return [Chain((*node.parts[:place], piece, *node.parts[place + 1 :])) for piece in pieces]
        return self.branches(node, limit) if isinstance(node, Choice) else [node]

    def branches(self, node: Choice, limit: int) -> list[Node]:
        """As many neighbouring branches together as there is room for."""
        groups: list[list[Node]] = []
        room = 0
        for branch in node.branches:
            for piece in self.parted(branch, limit):
                size = self.states(piece)
                if not groups or size > room:
                    groups.append([])
                    room = limit
                groups[-1].append(piece)
                room -= size
        return [group[0] if len(group) == 1 else Choice(tuple(group)) for group in groups]
