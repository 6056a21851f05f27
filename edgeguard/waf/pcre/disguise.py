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

_IGNORED = of(IGNORED)
_WORD = WORD | of(b"-.")  # names of commands have these, too
_DISGUISED = 8  # pieces of noise in a pattern that make it worth a look at values without `IGNORED`
_SEAMS = 8  # kinds of noise that may be left


def undisguised(node: Node) -> list[Node] | None:
    """Patterns of which one at least is found in a value without `IGNORED` if `node` is found in the value itself.

    None where that is no better: the pattern has little noise, or one of the patterns would take nothing.
    """
    bare = _Bare()
    words = erased(bare.text(node, final=True))
    if bare.noises < _DISGUISED or len(bare.seams) > _SEAMS:
        return None
    found = by_heads(words)
    if bare.seams:
        found.append(Chain((Octet(_WORD), chosen(list(bare.seams)), Octet(WORD))))
    return None if any(map(may_be_empty, found)) else found


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
    if isinstance(node, Look) or (isinstance(node, Edge) and node.place in ("word_edge", "no_word_edge")):
        return EMPTY  # what made a word's edge may be gone
    return node


class _Bare:
    """Takes the noise out of a pattern.

    Attributes:
        noises: how many pieces there were.
        seams: what may be left of them between two word octets.
    """

    __slots__ = ("noises", "seams")

    def __init__(self) -> None:
        self.noises = 0
        self.seams: dict[Node, None] = {}

    def text(self, node: Node, follow: tuple[Node, ...] = (), *, final: bool, cut: int = 0) -> Node:
        """The pattern without noise.

        Args:
            node: the pattern.
            follow: what comes directly behind it, as far as that is known.
            final: whether nothing does.
            cut: octets that end the whole pattern if they come directly behind it.
        """
        if isinstance(node, Chain):
            return self._chain(node.parts, follow, final=final, cut=cut)
        if isinstance(node, Choice):
            return Choice(tuple(self.text(branch, follow, final=final, cut=cut) for branch in node.branches))
        if isinstance(node, Repeat):
            if node.most == 1:
                return Repeat(self.text(node.node, follow, final=final, cut=cut), node.least, node.most)
            return Repeat(self.text(node.node, final=False), node.least, node.most)
        return self.text(node.node, follow, final=final, cut=cut) if isinstance(node, Group | Atomic) else node

    def _chain(self, parts: tuple[Node, ...], follow: tuple[Node, ...], *, final: bool, cut: int) -> Node:
        before: list[Node] = []
        place = 0
        while place < len(parts):
            end = place + _leading(parts[place:])
            if end > place and _ends_in_word(before):
                noise, rest = parts[place:end], parts[end:]
                if self._seam(noise, rest, follow) or (not rest and _left(noise) and not _left(noise) & ~cut):
                    self.noises += 1
                    place = end
                    continue
                if final:
                    return chained([*before, self._cut(noise, rest)])
            noise, rest = _last(parts[place]), parts[place + 1 :]
            if final and noise and rest:
                return chained([*before, self._repeated(parts[place], _left(noise)), self._cut(noise, rest)])
            for at in range(place, max(end, place + 1)):
                before.append(self._part(before, parts[at], parts[at + 1 :], follow, final=final, cut=cut))
            place = max(end, place + 1)
        return chained(before)

    def _part(
        self, before: list[Node], part: Node, rest: tuple[Node, ...], follow: tuple[Node, ...], *, final: bool, cut: int
    ) -> Node:
        """A part of a chain that is no noise. Noise at its end may be taken for the noise that follows, if that is cut."""
        behind = rest + follow
        noise = rest[: _leading(rest)]
        if not rest:
            return self.text(part, behind, final=final, cut=cut)
        if not final or not noise:
            return self.text(part, behind, final=False)
        tried = self.text(part, behind, final=False, cut=_left(noise))
        if _ends_in_word([*before, tried]) and not _joins(noise, rest[len(noise) :]):
            return tried
        return self.text(part, behind, final=False)

    def _seam(self, noise: tuple[Node, ...], rest: tuple[Node, ...], follow: tuple[Node, ...]) -> bool:
        """Whether word octets must follow; then what may be left of the noise is asked for between them."""
        if not rest:
            more = _leading(follow)
            noise, rest = noise + follow[:more], follow[more:]
        else:
            rest += follow
        if not _joins(noise, rest):
            return False
        left = _not_empty(erased(Chain(noise)))
        if left is not None:
            self.seams[left] = None
        return True

    def _repeated(self, part: Node, cut: int) -> Node:
        """A repetition without the noise at the end of each turn, which is cut behind whichever turn has it."""
        if not isinstance(part, Repeat):
            raise AssertionError("no repetition")
        return Repeat(self.text(part.node, final=False, cut=cut), part.least, part.most)

    def _cut(self, noise: tuple[Node, ...], rest: tuple[Node, ...]) -> Node:
        """The rest; or what may be left of noise, which is taken for the end of the pattern."""
        self.noises += 1
        if not rest:
            return EMPTY
        others = self.text(Chain(rest), final=True)
        left = _left(noise)
        return chosen([others, Octet(left)]) if left else others


def _leading(parts: tuple[Node, ...]) -> int:
    """How many parts at the beginning are noise."""
    return next((at for at, part in enumerate(parts) if not _is_noise(part)), len(parts))


def _last(node: Node) -> tuple[Node, ...]:
    """The noise at the end of each turn of a repetition that may be one turn long; empty for what is none."""
    if not isinstance(node, Repeat) or node.most == 1 or node.least > 1:
        return ()
    turn = node.node.node if isinstance(node.node, Group) else node.node
    parts = turn.parts if isinstance(turn, Chain) else ()
    return parts[len(parts) - _leading(parts[::-1]) :]


def _left(noise: tuple[Node, ...]) -> int:
    """The octets that what is left of the noise can begin with."""
    return first_octets(erased(Chain(noise)))


def _joins(noise: tuple[Node, ...], rest: tuple[Node, ...]) -> bool:
    """Whether word octets must follow the noise."""
    behind = Chain(rest)
    return bool(noise) and not may_be_empty(behind) and not first_octets(behind) & ~WORD


def _is_noise(node: Node) -> bool:
    first = first_octets(node)
    return may_be_empty(node) and alphabet(node) > 0 and first != 0 and not first & (_WORD | SPACE)


def _ends_in_word(parts: list[Node]) -> bool:
    before = Chain(tuple(parts))
    return not may_be_empty(before) and not last_octets(before) & ~_WORD


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
