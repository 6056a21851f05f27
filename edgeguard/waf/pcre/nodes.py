"""What a pattern is made of, once it has been read: sets of octets, and the ways to join them. Flags are settled in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edgeguard.waf.pcre.octets import ALL

Place = Literal["start", "line_start", "end", "line_end", "last_line_end", "word_edge", "no_word_edge"]


@dataclass(frozen=True, slots=True)
class Octet:
    """One octet out of a set (`octets`)."""

    mask: int


@dataclass(frozen=True, slots=True)
class Chain:
    """One after another; empty for the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first branch that leads to a match."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`least` to `most` times; `most` is None where there is no bound."""

    node: Node
    least: int
    most: int | None
    greedy: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """What `capture` keeps, numbered from 1."""

    number: int
    node: Node


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between octets."""

    place: Place


@dataclass(frozen=True, slots=True)
class Look:
    """What must follow (`ahead`) or precede, or must not (`negated`)."""

    node: Node
    ahead: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Atomic:
    """Taken as it first matches, and never tried another way."""

    node: Node


@dataclass(frozen=True, slots=True)
class Again:
    """What a group matched before, once more."""

    number: int
    folded: bool


Node = Octet | Chain | Choice | Repeat | Group | Edge | Look | Atomic | Again

EMPTY = Chain(())


def chained(parts: list[Node]) -> Node:
    """The parts one after another."""
    return parts[0] if len(parts) == 1 else Chain(tuple(parts))


def chosen(branches: list[Node]) -> Node:
    """One of the branches, in any order and each once; single octets are one set."""
    mask = 0
    others: dict[Node, None] = {}
    for branch in branches:
        if isinstance(branch, Octet):
            mask |= branch.mask
        else:
            others[branch] = None
    found = (*others, *((Octet(mask),) if mask else ()))
    return found[0] if len(found) == 1 else Choice(found)


def inside(node: Node) -> tuple[Node, ...]:
    """The nodes that `node` is made of."""
    if isinstance(node, Chain):
        return node.parts
    if isinstance(node, Choice):
        return node.branches
    if isinstance(node, Repeat | Group | Look | Atomic):
        return (node.node,)
    return ()


def may_be_empty(node: Node) -> bool:
    """Whether it can take no octet at all, if conditions on its surroundings are let go."""
    if isinstance(node, Octet):
        return False
    if isinstance(node, Choice):
        return any(map(may_be_empty, node.branches))
    if isinstance(node, Repeat):
        return node.least == 0 or may_be_empty(node.node)
    if isinstance(node, Chain | Group | Atomic):
        return all(map(may_be_empty, inside(node)))
    return True


def may_take_only(node: Node, mask: int) -> bool:
    """Whether it can take a text of no other octets than those of a set, if conditions on its surroundings are let go."""
    if isinstance(node, Octet):
        return bool(node.mask & mask)
    if isinstance(node, Choice):
        return any(may_take_only(branch, mask) for branch in node.branches)
    if isinstance(node, Repeat):
        return node.least == 0 or may_take_only(node.node, mask)
    if isinstance(node, Chain | Group | Atomic):
        return all(may_take_only(part, mask) for part in inside(node))
    return True


def widths(node: Node) -> tuple[int, int | None]:
    """The least and the largest number of octets that it takes; None where there is no bound."""
    if isinstance(node, Octet):
        return 1, 1
    if isinstance(node, Edge | Look):
        return 0, 0
    if isinstance(node, Again):
        return 0, None
    parts = [widths(part) for part in inside(node)]
    if isinstance(node, Choice):
        most = [high for _, high in parts]
        return min(low for low, _ in parts), None if None in most else max(high for high in most if high is not None)
    low = sum(part[0] for part in parts)
    high = None if any(part[1] is None for part in parts) else sum(part[1] or 0 for part in parts)
    if isinstance(node, Repeat):
        return low * node.least, None if node.most is None or high is None else high * node.most
    return low, high


def first_octets(node: Node) -> int:
    """The octets that it can begin with; all of them where that depends on what a group matched."""
    if isinstance(node, Octet):
        return node.mask
    if isinstance(node, Again):
        return ALL
    mask = 0
    for part in inside(node):
        mask |= first_octets(part)
        if isinstance(node, Chain) and not may_be_empty(part):
            break
    return 0 if isinstance(node, Look) else mask


def last_octets(node: Node) -> int:
    """The octets that it can end with; all of them where that depends on what a group matched."""
    if isinstance(node, Octet):
        return node.mask
    if isinstance(node, Again):
        return ALL
    mask = 0
    for part in reversed(inside(node)):
        mask |= last_octets(part)
        if isinstance(node, Chain) and not may_be_empty(part):
            break
    return 0 if isinstance(node, Look) else mask


def any_inside(node: Node, kinds: tuple[type, ...]) -> bool:
    """Whether it is, or holds, a node of one of these kinds."""
    return isinstance(node, kinds) or any(any_inside(part, kinds) for part in inside(node))
