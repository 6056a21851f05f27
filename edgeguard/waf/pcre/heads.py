r"""A pattern of many words parted by what stands before them, for the gate: each part is then one that Hyperscan is fast at.

It looks for the words first, if what may precede them is little, or begins with a literal, or is tied to the value's beginning.
Of `(?:^|;|time .*)\s*(?:\w+=\S*\s+)*(?:\S*/)?(?:cat|ls|...)` the parts are

    ^\s*(?:\w+=\S*\s+)*(?:\S*/)?(?:cat|ls|...)     time .*(?:cat|ls|...)
    (?:\w+=\S*\s+|/)(?:cat|ls|...)                 ;\s*(?:cat|ls|...)

Nothing is missed. What is taken by way of a branch that holds a run of anything, or is a mere word, is taken by the branch's
beginning, anything, and the words. What is taken with a part that need not be, is taken from that part's last repetition on,
behind anything; and all else without it.
"""

from __future__ import annotations

from edgeguard.waf.expression import PLAIN
from edgeguard.waf.pcre.nodes import (
    EMPTY,
    Atomic,
    Chain,
    Choice,
    Edge,
    Group,
    Node,
    Octet,
    Repeat,
    chained,
    chosen,
    inside,
    may_be_empty,
    widths,
)
from edgeguard.waf.pcre.octets import ALL, of

_PLAIN = of(PLAIN)
_ANYTHING = 192  # octets of a set that takes nearly all
_WORD = 3  # octets of what is worth looking for on its own
_TELLING = 8  # octets of a set that is worth looking for


def by_heads(node: Node) -> list[Node]:
    """Patterns of which one at least takes what `node` takes, or the end of it."""
    parts: list[Node] = list(node.parts) if isinstance(node, Chain) else [node]
    at = next((at for at, part in enumerate(parts) if isinstance(part, Choice)), len(parts))
    end = next((end for end, part in enumerate(parts) if end > at and not may_be_empty(part)), len(parts))
    begin = parts[at] if end < len(parts) else node
    if not isinstance(begin, Choice) or begin is node:
        return [node]
    before, between, words = parts[:at], parts[at + 1 : end], parts[end:]
    tied = [branch for branch in begin.branches if not before and _is_tied(branch)]
    others = [branch for branch in begin.branches if branch not in tied and _is_loose(branch)]
    rest = [branch for branch in begin.branches if branch not in tied and branch not in others]
    found: list[Node] = []
    if tied:
        found.append(chained([chosen(tied), *between, *words]))
    if others:
        ways = chosen(list(map(_before_anything, others)))
        found.append(chained([*before, ways, Repeat(Octet(ALL), 0, None), *words]))
    if rest:
        needless, left = _telling(between)
        if needless:
            led = [*before, Repeat(Octet(ALL), 0, None)] if before else []
            found.append(chained([*led, chosen(needless), *words]))
        found.append(chained([*before, chosen(rest), *left, *words]))
    return found


def _telling(parts: list[Node]) -> tuple[list[Node], list[Node]]:
    """Those that need not be but are worth looking for, each once and with what follows it; and the parts without them."""
    found: list[Node] = []
    left: list[Node] = []
    for part in reversed(parts):
        if isinstance(part, Repeat) and part.least == 0 and _is_telling(part.node):
            found.append(chained([_without_lead(part.node), *left]))
        else:
            left.insert(0, part)
    return found, left


def _is_tied(node: Node) -> bool:
    return (isinstance(node, Edge) and node.place == "start") or any(map(_is_tied, inside(node)))


def _holds_anything(node: Node) -> bool:
    if isinstance(node, Repeat) and node.most is None and isinstance(node.node, Octet):
        return node.node.mask.bit_count() >= _ANYTHING
    return any(map(_holds_anything, inside(node)))


def _is_loose(node: Node) -> bool:
    """Whether it may be followed by anything, or is no more than a word."""
    return _holds_anything(node) or (widths(node)[0] >= _WORD and not _is_telling(node))


def _before_anything(node: Node) -> Node:
    """What precedes the first run of anything, on each way; all of a way that has none."""
    if isinstance(node, Choice):
        return chosen(list(map(_before_anything, node.branches)))
    if isinstance(node, Group | Atomic):
        return _before_anything(node.node)
    if isinstance(node, Chain):
        for at, part in enumerate(node.parts):
            if _holds_anything(part):
                return chained([*node.parts[:at], _before_anything(part)])
        return node
    return EMPTY if _holds_anything(node) else node


def _is_telling(node: Node) -> bool:
    """Whether each way through it has an octet of a small set of marks."""
    if isinstance(node, Octet):
        return not node.mask & _PLAIN and node.mask.bit_count() <= _TELLING
    if isinstance(node, Choice):
        return all(map(_is_telling, node.branches))
    if isinstance(node, Repeat):
        return node.least > 0 and _is_telling(node.node)
    return isinstance(node, Chain | Group | Atomic) and any(map(_is_telling, inside(node)))


def _without_lead(node: Node) -> Node:
    """What is left of a chain without the parts that it may begin without."""
    parts: list[Node] = list(node.parts) if isinstance(node, Chain) else [node]
    while len(parts) > 1 and may_be_empty(parts[0]):
        del parts[0]
    return chained(parts)
