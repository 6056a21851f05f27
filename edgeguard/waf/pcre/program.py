"""A pattern as a program of small steps, for the walk that follows it where RE2 can't."""

from __future__ import annotations

from typing import Final, NamedTuple

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.nodes import (
    Again,
    Atomic,
    Chain,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    Octet,
    Place,
    Repeat,
    inside,
    widths,
)
from edgeguard.waf.pcre.octets import WORD

OCTET: Final = 0
SPLIT: Final = 1
EDGE: Final = 2
SAVE: Final = 3
LOOK: Final = 4
ATOMIC: Final = 5
RUN: Final = 6
AGAIN: Final = 7
MATCH: Final = 8

_STEPS = 4096  # of a program; rules' patterns have a few hundred, and memory grows with steps times octets
_BEHIND = 255  # octets that may be looked back over, as PCRE


class Step(NamedTuple):
    """One step.

    Attributes:
        kind: one of the constants above.
        then: the step that follows; of SPLIT the one that is tried first.
        other: of SPLIT the one that is tried second; of LOOK and ATOMIC where their own part begins; of AGAIN the group's number;
            of SAVE the slot.
        table: of OCTET and RUN 256 octets, 1 for each of the set; of AGAIN what compares, of folded ones lower case.
        place: of EDGE.
        ahead, negated, low, high: of LOOK, with the least and the largest width of what must stand before.
    """

    kind: int
    then: int
    other: int = 0
    table: bytes = b""
    place: Place = "start"
    ahead: bool = True
    negated: bool = False
    low: int = 0
    high: int = 0


class Program(NamedTuple):
    """Steps; `first` begins. `backs` are the slots that steps depend on, two for each group that is matched again."""

    steps: tuple[Step, ...]
    first: int
    groups: int
    backs: tuple[int, ...]


def program_of(node: Node, groups: int) -> Program:
    """The pattern as a program.

    Raises:
        Refused: it takes too many steps, or looks back without bound.
    """
    numbers = sorted(_matched_again(node))
    builder = _Builder(numbers)
    end = builder.add(Step(MATCH, 0))
    first = builder.build(node, end)
    return Program(
        tuple(builder.steps), first, groups, tuple(slot for number in numbers for slot in (2 * number, 2 * number + 1))
    )


def _matched_again(node: Node) -> set[int]:
    if isinstance(node, Again):
        return {node.number}
    return set().union(*map(_matched_again, inside(node)))


def table_of(mask: int) -> bytes:
    """256 octets, 1 for each that is in the set."""
    return bytes(mask >> octet & 1 for octet in range(256))


WORDS = table_of(WORD)


class _Builder:
    def __init__(self, again: list[int]) -> None:
        self.steps: list[Step] = []
        self.again = again
        self.apart = 0  # how many lookarounds and atomic groups stand around

    def add(self, step: Step) -> int:
        if len(self.steps) >= _STEPS:
            raise Refused(f"with lookaround, or what only PCRE has, a pattern may have {_STEPS} steps; this one has more")
        self.steps.append(step)
        return len(self.steps) - 1

    def build(self, node: Node, then: int) -> int:
        """Steps for `node` that go on at `then`; the one that begins."""
        if isinstance(node, Octet):
            return self.add(Step(OCTET, then, table=table_of(node.mask)))
        if isinstance(node, Chain):
            for part in reversed(node.parts):
                then = self.build(part, then)
            return then
        if isinstance(node, Choice):
            first = self.build(node.branches[-1], then)
            for branch in reversed(node.branches[:-1]):
                first = self.add(Step(SPLIT, self.build(branch, then), first))
            return first
        if isinstance(node, Repeat):
            return self.repeat(node, then)
        if isinstance(node, Group) and self.apart:
            if node.number in self.again:
                raise Refused("a group that is matched again may not stand in a lookaround or an atomic group")
            return self.build(node.node, then)  # what these take is not kept
        if isinstance(node, Group):
            close = self.add(Step(SAVE, then, 2 * node.number + 1))
            return self.add(Step(SAVE, self.build(node.node, close), 2 * node.number))
        if isinstance(node, Edge):
            return self.add(Step(EDGE, then, place=node.place))
        if isinstance(node, Look):
            return self.look(node, then)
        if isinstance(node, Again):
            return self.add(Step(AGAIN, then, node.number, b"i" if node.folded else b""))
        return self.atomic(node, then)

    def repeat(self, node: Repeat, then: int) -> int:
        if node.most is None:
            place = self.add(Step(SPLIT, 0, 0))
            body = self.build(node.node, place)
            self.steps[place] = Step(SPLIT, body, then) if node.greedy else Step(SPLIT, then, body)
            first = place
        else:
            first = then
            for _ in range(node.most - node.least):
                body = self.build(node.node, first)
                first = self.add(Step(SPLIT, body, then) if node.greedy else Step(SPLIT, then, body))
        for _ in range(node.least):
            first = self.build(node.node, first)
        return first

    def look(self, node: Look, then: int) -> int:
        low, high = widths(node.node)
        if not node.ahead and (high is None or high > _BEHIND):
            raise Refused(f"what is looked back over has no width, or one over {_BEHIND}")
        part = self.part(node.node)
        return self.add(
            Step(LOOK, then, part, ahead=node.ahead, negated=node.negated, low=low, high=0 if node.ahead else high or 0)
        )

    def atomic(self, node: Atomic, then: int) -> int:
        inner = node.node
        if isinstance(inner, Repeat) and isinstance(inner.node, Octet) and inner.most is None and inner.greedy:
            first = self.add(Step(RUN, then, table=table_of(inner.node.mask)))
            for _ in range(inner.least):
                first = self.build(inner.node, first)
            return first
        return self.add(Step(ATOMIC, then, self.part(inner)))

    def part(self, node: Node) -> int:
        """Steps of their own, that end with a match; the one that begins."""
        self.apart += 1
        first = self.build(node, self.add(Step(MATCH, 0)))
        self.apart -= 1
        return first
