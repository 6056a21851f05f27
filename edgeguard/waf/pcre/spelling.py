r"""A pattern spelled for the engines: exactly for RE2 where it can be, and looser for the gate.

Looser means: takes whatever the pattern takes, and perhaps more. For the gate a repetition of up to 33 times or more has no
bound, which compiles much faster, and the end of a value is the line end that the gate puts behind it (`gate` tells why), or
anywhere. For both, what must or must not stand around is let go, as neither of them can look around, and what a group matched
before may be anything.
"""

from __future__ import annotations

from edgeguard.waf.expression import PADDING, PLAIN, Expression
from edgeguard.waf.pcre.disguise import undisguised
from edgeguard.waf.pcre.loosening import loosened
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
    chained,
    first_octets,
    inside,
    may_be_empty,
    may_take_only,
    widths,
)
from edgeguard.waf.pcre.octets import case_blind, of, spelled

_WIDE = 33
_LARGE = 1500  # letters of a pattern; `loosening` tells what for
_PLAIN = of(PLAIN)
_MOST = 1000  # RE2 takes no larger count
_EXACT: dict[Place, str] = {
    "start": r"\A",
    "line_start": "(?m:^)",
    "end": r"\z",
    "line_end": "(?m:$)",
    "last_line_end": "(?:)",
    "word_edge": r"\b",
    "no_word_edge": r"\B",
}
_LOOSE: dict[Place, str] = {**_EXACT, "end": "(?:)", "line_end": "(?:)"}
_ENDS = ("end", "line_end", "last_line_end")
_LATE = ("word_edge", "no_word_edge", "line_start")


def spell(node: Node, *, groups: bool = False, uncounted: bool = False) -> str:
    """The pattern for RE2; looser where RE2 can't look around.

    Args:
        node: the pattern.
        groups: True where its groups are to be kept.
        uncounted: True where large counts are to be let go, because RE2 takes no more than a thousand of anything.
    """
    speller = _Speller(groups=groups, loose=False, caseless=not _cares_for_case(node))
    speller.uncounted = uncounted
    return speller.whole(node)


def gate_of(node: Node) -> tuple[Expression, ...] | None:
    """Expressions of which one is found in whatever the pattern is found in; None where it may take nothing at all.

    Large ones are parted, and words in disguise are looked for in bare values.
    """
    if may_be_empty(node):
        return None
    parts, bare = undisguised(node) or ([node], False)
    if bare:
        return tuple(_expression(part, bare=True) for part in parts)
    return tuple(_expression(small) for part in parts for small in _small(part))


def _small(node: Node) -> list[Node]:
    return loosened(node) if len(_for_gate(node)[0]) > _LARGE else [node]


def _expression(node: Node, *, bare: bool = False) -> Expression:
    text, beyond = _for_gate(node)
    return Expression(text.encode("ascii"), beyond, widths(node)[0], bare, not may_take_only(node, _PLAIN))


def _for_gate(node: Node) -> tuple[str, int]:
    """A looser pattern for Hyperscan, with the number of line ends that it may take behind the value."""
    speller = _Speller(groups=False, loose=True, caseless=not _cares_for_case(node))
    text = speller.whole(node)
    return text, speller.beyond


def without_needless_atoms(node: Node, *, final: bool = True) -> Node:
    """The pattern without those possessive repetitions of a set that could not give anything back in any case.

    That is so where what follows can't be empty and can't begin with an octet of the set, or where nothing follows (`final`).
    """
    if isinstance(node, Chain):
        parts: list[Node] = []
        for place, part in enumerate(node.parts):
            follows = node.parts[place + 1 :]
            run = _run(part)
            if run is not None and follows and _parts(run[0], follows[0]):
                parts.append(run[1])
            else:
                parts.append(without_needless_atoms(part, final=final and not follows))
        return chained(parts)
    if isinstance(node, Choice):
        return Choice(tuple(without_needless_atoms(branch, final=final) for branch in node.branches))
    if isinstance(node, Group):
        return Group(node.number, without_needless_atoms(node.node, final=final))
    if isinstance(node, Repeat):
        return Repeat(without_needless_atoms(node.node, final=False), node.least, node.most, node.greedy)
    run = _run(node) if final else None
    return node if run is None else run[1]


def _parts(mask: int, follows: Node) -> bool:
    """Whether what follows can only begin where a run of octets of the set ends."""
    if isinstance(follows, Edge):
        return follows.place == "end"
    return not may_be_empty(follows) and not first_octets(follows) & mask


def _run(node: Node) -> tuple[int, Repeat] | None:
    """The set and the repetition of a possessive repetition of a set without bound."""
    if isinstance(node, Atomic) and isinstance(node.node, Repeat):
        repeat = node.node
        if isinstance(repeat.node, Octet) and repeat.most is None:
            return repeat.node.mask, repeat
    return None


def _cares_for_case(node: Node) -> bool:
    if isinstance(node, Octet):
        return not case_blind(node.mask)
    return any(map(_cares_for_case, inside(node)))


class _Speller:
    """Writes the syntax that RE2 and Hyperscan share, with the dot taking all.

    Attributes:
        begun: whether octets may have been taken already; Hyperscan takes no beginning of the value then, and the gate has none.
        uncounted: whether repetitions of up to 33 times or more have no bound, and need not be more than 33.
        last: whether nothing follows; the value's end is spelled as the line end that follows it there, and nothing elsewhere.
        beyond: how many line ends behind the value a match may take: 1 where that was done. All where a place is wanted that
            Hyperscan sees only one octet later: of such an expression it may tell a longer match first, and then no other.
    """

    __slots__ = ("begun", "beyond", "caseless", "edges", "groups", "last", "loose", "uncounted")

    def __init__(self, *, groups: bool, loose: bool, caseless: bool) -> None:
        self.groups = groups
        self.loose = loose
        self.uncounted = loose
        self.caseless = caseless
        self.edges = _LOOSE if loose else _EXACT
        self.begun = False
        self.last = True
        self.beyond = 0

    def whole(self, node: Node) -> str:
        text = self.text(node)
        return f"(?i){text}" if self.caseless else text

    def text(self, node: Node) -> str:
        if isinstance(node, Octet):
            return spelled(node.mask, caseless=self.caseless)
        if isinstance(node, Chain):
            return self.chain(node)
        if isinstance(node, Choice):
            return "|".join(map(self.text, node.branches))
        if isinstance(node, Repeat):
            return self.repeat(node)
        if isinstance(node, Group):
            return f"({'' if self.groups else '?:'}{self.text(node.node)})"
        if isinstance(node, Edge):
            return self.edge(node.place)
        if isinstance(node, Look):
            return "(?:)"
        if isinstance(node, Again):
            return ".*"
        return f"(?:{self.text(node.node)})"

    def edge(self, place: Place) -> str:
        if self.loose and self.begun and place == "start":
            return "(?:)"
        if self.loose and self.last and place in _ENDS:
            self.beyond = max(self.beyond, 1)
            return r"\n"
        if place in _LATE:
            self.beyond = PADDING
        return self.edges[place]

    def chain(self, node: Chain) -> str:
        begun, last = self.begun, self.last
        pieces: list[str] = []
        for place, part in enumerate(node.parts):
            self.last = last and place == len(node.parts) - 1
            pieces.append(f"(?:{self.text(part)})" if isinstance(part, Choice) else self.text(part))
            self.begun = self.begun or not isinstance(part, Edge | Look)
        self.begun, self.last = begun, last
        return "".join(pieces)

    def repeat(self, node: Repeat) -> str:
        begun, last = self.begun, self.last
        self.begun, self.last = begun or node.most != 1, last and node.most == 1
        inner = self.text(node.node)
        self.begun, self.last = begun, last
        if not isinstance(node.node, Octet | Group):
            inner = f"(?:{inner})"
        least, most = node.least, node.most
        if self.uncounted and most is not None and most >= _WIDE:
            least, most = min(least, _WIDE), None
        return _counted(inner, least, most, "" if node.greedy or self.loose else "?")


def _counted(inner: str, least: int, most: int | None, lazy: str) -> str:
    if least > _MOST:
        return f"{inner}{{{_MOST}}}" + _counted(inner, least - _MOST, None if most is None else most - _MOST, lazy)
    if most is not None and most > _MOST:
        begins = f"{inner}{{{least}}}" if least else ""
        counts = [_MOST] * ((most - least) // _MOST) + [(most - least) % _MOST]
        return begins + "".join(f"{inner}{{0,{count}}}{lazy}" for count in counts if count)
    if most is None:
        sign = {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    elif least == most:
        return f"{inner}{{{least}}}" if least != 1 else inner
    else:
        sign = "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"
    return inner + sign + lazy
