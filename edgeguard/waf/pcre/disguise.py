r"""Words in disguise, for the gate: what shells ignore inside of a word is taken out of the value, and the word is left.

A rule against commands allows noise behind each letter of each of hundreds of words, as in `c["'\\)]*(?:\$\w*)?a["'\\)]*t`. So it
has no two octets in a row that Hyperscan could look for, and costs a walk through an automaton for each octet of a value. In a
value from which the octets of `IGNORED` were taken the words are words again.

Why nothing is missed. Let w be what the pattern takes of a value, and w' the same without the octets of `IGNORED`. It stands in
the value without them, and at its beginning or end if w stands there. Each octet of the pattern takes itself there, or
nothing if it may be one of `IGNORED` (`erased`). If no noise is left in w', the pattern without its noise takes w'. Else look
at the first noise that is left: an octet of a word precedes it, by what counts as noise here. If one must follow, then both
and the noise between them are found as a pattern of their own, a seam. If what follows is the rest of the whole pattern, then
w' is found up to the noise's first octet, as that is a branch beside the rest (`_Bare._cut`). All other noise stays in the
pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import IGNORED
from edgeguard.waf.pcre.heads import by_heads
from edgeguard.waf.pcre.loosening import alphabet
from edgeguard.waf.pcre.nodes import (
    EMPTY,
    Atomic,
    Chain,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    Octet,
    Repeat,
    chained,
    chosen,
    first_octets,
    inside,
    last_octets,
    may_be_empty,
)
from edgeguard.waf.pcre.octets import SPACE, WORD, of

if TYPE_CHECKING:
    from collections.abc import Callable

_IGNORED = of(IGNORED)
_APOSTROPHE, _QUOTES = of(b"'"), of(b"\"'")
_WORD = WORD | of(b"-.")  # names of commands have these, too
_DISGUISED = 8  # pieces of noise in a pattern that make it worth a look at values without `IGNORED`
_SEAMS = 8  # kinds of noise that may be left


def undisguised(node: Node) -> tuple[list[Node], bool] | None:
    """Patterns of which one at least is found if `node` is, and whether they are for bare values.

    For the value itself where the noise is such that it is rarely seen between two letters: that is more precise. None where the
    pattern has little noise, or one of the patterns would take nothing.
    """
    plain = _Bare(lambda noise: noise)
    words = plain.text(node, final=True)
    if plain.noises < _DISGUISED or len(plain.seams) > _SEAMS:
        return None
    if not any(alphabet(seam) & _APOSTROPHE for seam in plain.seams):
        found = [words, *plain.whole_seams()]
        return None if any(map(may_be_empty, found)) else (found, False)
    bare = _Bare(erased)
    found = [*by_heads(erased(bare.text(node, final=True))), *bare.whole_seams()]
    return None if any(map(may_be_empty, found)) else (found, True)


def erased(node: Node) -> Node:
    """What is left of whatever `node` takes when the octets of `IGNORED` are taken out; and perhaps more."""
    if isinstance(node, Octet):
        left = node.mask & ~_IGNORED
        return node if left == node.mask else Repeat(Octet(left), 0, 1) if left else EMPTY
    if isinstance(node, Chain):
        return chained([part for part in map(erased, node.parts) if part != EMPTY])
    if isinstance(node, Choice):
        return chosen([erased(branch) for branch in node.branches])
    if isinstance(node, Repeat):
        inner = erased(node.node)
        if inner == EMPTY:
            return EMPTY
        if isinstance(inner, Repeat) and inner.least == 0 and inner.most == 1:
            return Repeat(inner.node, 0, node.most)
        return Repeat(inner, node.least, node.most)
    if isinstance(node, Group | Atomic):
        return erased(node.node)
    return EMPTY if _is_let_go(node) else node


def _is_let_go(node: Node) -> bool:
    """Whether it is a condition that may not hold any more: what made a word's edge may be gone."""
    return isinstance(node, Look) or (isinstance(node, Edge) and node.place in ("word_edge", "no_word_edge"))


class _Bare:
    """Takes the noise out of a pattern.

    Attributes:
        erase: what is left of noise in the values that are looked at.
        noises: how many pieces there were.
        seams: what may be left of them between two word octets.
        owed: octets that what is left of noise at the end of a part can begin with; they must be taken behind that part.
    """

    __slots__ = ("erase", "noises", "owed", "seams")

    def __init__(self, erase: Callable[[Node], Node]) -> None:
        self.erase = erase
        self.noises = 0
        self.owed = 0
        self.seams: dict[Node, None] = {}

    def whole_seams(self) -> list[Node]:
        """The seams as a pattern, if there are some."""
        return [Chain((Octet(_WORD), chosen(list(self.seams)), Octet(WORD)))] if self.seams else []

    def text(self, node: Node, follow: tuple[Node, ...] = (), *, final: bool, owing: bool = False) -> Node:
        """The pattern without noise.

        Args:
            node: the pattern.
            follow: what comes directly behind it, as far as that is known.
            final: whether nothing does.
            owing: whether noise at its end may be owed.
        """
        if isinstance(node, Chain):
            return self._chain(node.parts, follow, final=final, owing=owing)
        if isinstance(node, Choice):
            return Choice(tuple(self.text(branch, follow, final=final, owing=owing) for branch in node.branches))
        if isinstance(node, Repeat):
            if node.most == 1:
                return Repeat(self.text(node.node, follow, final=final, owing=owing), node.least, 1)
            # After a turn that ends in noise the pattern may be cut, if one turn is enough.
            return Repeat(self.text(node.node, final=False, owing=owing and node.least <= 1), node.least, node.most)
        return self.text(node.node, follow, final=final, owing=owing) if isinstance(node, Group | Atomic) else node

    def _chain(self, parts: tuple[Node, ...], follow: tuple[Node, ...], *, final: bool, owing: bool) -> Node:
        made: list[tuple[Node, int]] = []  # a part, and octets of which one may come behind it as the end of the pattern
        in_word = False
        parts = tuple(part for part in parts if not (_is_let_go(part) and self.erase(part) == EMPTY))
        while parts:
            count = _leading(parts)
            noise, rest = parts[:count], parts[count:]
            if not noise or not in_word:
                part, rest = parts[0], parts[1:]
                node, owed = self._part(part, rest, follow, final=final, owing=owing)
                made.append((node, owed))
                in_word = not last_octets(node) & ~_WORD and (in_word or not may_be_empty(node))
                parts = rest
                continue
            self.noises += 1
            parts = rest
            if self._seam(noise, rest, follow):
                continue
            if final:
                made.append((EMPTY, self._left(noise) if rest else 0))
            elif owing and may_be_empty(Chain(rest)):
                self.owed |= self._left(noise)
            else:
                self.noises -= 1
                made.append((Chain(noise), 0))
                in_word = False
        return _joined(made)

    def _part(
        self, part: Node, rest: tuple[Node, ...], follow: tuple[Node, ...], *, final: bool, owing: bool
    ) -> tuple[Node, int]:
        """A part of a chain, and what it owes to what follows it there."""
        if not rest:
            return self.text(part, follow, final=final, owing=owing), 0
        if not final:  # where the rest may be nothing, what is owed may come behind the chain
            return self.text(part, rest + follow, final=False, owing=owing and may_be_empty(Chain(rest))), 0
        kept, self.owed = self.owed, 0
        node = self.text(part, rest + follow, final=False, owing=True)
        owed, self.owed = self.owed, kept
        return node, owed

    def _left(self, noise: tuple[Node, ...]) -> int:
        """The octets that what is left of the noise can begin with."""
        return first_octets(self.erase(Chain(noise)))

    def _seam(self, noise: tuple[Node, ...], rest: tuple[Node, ...], follow: tuple[Node, ...]) -> bool:
        """Whether a word octet must follow; then what may be left of the noise is asked for between the two."""
        behind = rest + follow
        if not rest:
            more = _leading(follow)
            noise, behind = noise + follow[:more], follow[more:]
        if may_be_empty(Chain(behind)) or first_octets(Chain(behind)) & ~WORD:
            return False
        left = _not_empty(self.erase(Chain(noise)))
        if left is not None:
            self.seams[left] = None
        return True


def _joined(made: list[tuple[Node, int]]) -> Node:
    """The parts one after another, with the ends that there may be behind each."""
    parts: list[Node] = []
    for node, ends in reversed(made):
        if ends:
            parts = [chosen([chained(parts), Octet(ends)])]
        parts[:0] = [node] if node != EMPTY else []
    return chained(parts)


def _leading(parts: tuple[Node, ...]) -> int:
    """How many parts at the beginning are noise. There are quotes in it."""
    count = next((at for at, part in enumerate(parts) if not _is_noise(part)), len(parts))
    return count if alphabet(Chain(parts[:count])) & _QUOTES else 0


def _is_noise(node: Node) -> bool:
    first = first_octets(node)
    return may_be_empty(node) and alphabet(node) > 0 and first != 0 and not first & (_WORD | SPACE)


def _not_empty(node: Node) -> Node | None:
    """What `node` takes but nothing at all; None where there is no such thing."""
    if not may_be_empty(node):
        return node
    found: list[Node] = []
    if isinstance(node, Chain):
        for place, part in enumerate(node.parts):
            taken = _not_empty(part)
            if taken is not None:
                found.append(chained([taken, *node.parts[place + 1 :]]))
    elif isinstance(node, Repeat):
        taken = _not_empty(node.node)
        if taken is not None:
            again = None if node.most is None else node.most - 1
            found.append(chained([taken, Repeat(node.node, 0, again)]) if again != 0 else taken)
    else:
        found = [taken for taken in map(_not_empty, inside(node)) if taken is not None]
    return chosen(found) if found else None
