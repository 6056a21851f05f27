"""A pattern ready for both engines: read once, compiled when it is first asked, walked where RE2 can't follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.engine import UNANCHORED, match_function
from edgeguard.waf.pcre.nodes import Again, Atomic, Edge, Look, Node, any_inside, inside
from edgeguard.waf.pcre.program import program_of
from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.spelling import gate_of, spell, without_needless_atoms
from edgeguard.waf.pcre.walk import Spent, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from typing import Any

    from edgeguard.waf.expression import Expression, Span
    from edgeguard.waf.pcre.program import Program

    Match = Callable[[Any, bytes, int, int], list[Span]]

_KEPT = 10  # groups with the whole match; there are no more places to put them
_SHORT, _RECENT = 512, 256  # octets of a value, and values, whose walk is remembered: headers come again and again
_LEAPS = 4  # octets that RE2 may read for each one of a value to find where a walk may begin


@dataclass(frozen=True, slots=True)
class Translation:
    """What a pattern's text comes to. It depends on nothing else, so that it may be kept from one start to the next.

    Attributes:
        exact: for RE2; what takes more than the pattern where it is walked.
        grouped: the same with the groups that are kept; empty where there are none, or the pattern is walked.
        gate: for Hyperscan; one of them at least is found in whatever the pattern is found in. None where it may take nothing.
        walked: whether RE2 can't decide alone.
    """

    exact: str
    grouped: str
    gate: tuple[Expression, ...] | None
    walked: bool


class Pcre:
    """A pattern.

    Attributes:
        text: as it was written.
        gate: expressions, of which one at least occurs in each value that `search` accepts; None where the pattern may match
            nothing at all, and so every value.
    """

    __slots__ = ("_doubtful", "_grouped", "_match", "_program", "_recent", "gate", "text", "translation")

    def __init__(self, text: bytes, translation: Translation, match: Match | None = None, *, doubtful: bool = True) -> None:
        self.text = text
        self.translation = translation
        self.gate = translation.gate
        self._doubtful = doubtful
        self._match = match
        self._grouped: Match | None = None
        self._program: Program | None = None
        self._recent: dict[bytes, Span | None] | None = {} if translation.walked else None

    def without_doubt(self) -> Pcre:
        """The same for a question whether it does not match: a walk that takes too long counts as no match then."""
        return Pcre(self.text, self.translation, self._match, doubtful=False)

    def search(self, value: bytes) -> Span | None:
        """Where the pattern first matches."""
        match = self._match or self.compile()
        span = match(UNANCHORED, value, 0, len(value))[0]
        if span[0] < 0:
            return None
        return span if self._recent is None else self._remembered(value, span)

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        """The whole match and the first nine groups, b"" for one that took no part; empty where nothing matches."""
        return tuple(value[start:end] if start >= 0 else b"" for start, end in self.spans(value)[:_KEPT])

    def spans(self, value: bytes, start: int = 0) -> list[Span]:
        """Where the first match at `start` or later and its groups stand, (-1, -1) for one that took no part; else nothing."""
        if self.translation.walked:
            found = self._walk(value, start)
            return [] if found is None else [found[0], *found[1]]
        if not self.translation.grouped:
            match = self._match or self.compile()
        else:
            if self._grouped is None:
                self._grouped = match_function(self.translation.grouped, groups=True)
            match = self._grouped
        spans = match(UNANCHORED, value, start, len(value))
        return spans if spans[0][0] >= 0 else []

    def compile(self) -> Match:
        """RE2's matcher, made when it is first needed."""
        self._match = match_function(self.translation.exact)
        return self._match

    def _remembered(self, value: bytes, span: Span) -> Span | None:
        recent = self._recent
        if recent is None or len(value) > _SHORT:
            found = self._walk(value, span[0])
            return None if found is None else found[0]
        if value not in recent:
            if len(recent) >= _RECENT:
                recent.clear()
            found = self._walk(value, span[0])
            recent[value] = None if found is None else found[0]
        return recent[value]

    def _walk(self, value: bytes, start: int) -> tuple[Span, list[Span]] | None:
        """The first match that begins at `start` or later, and its groups.

        RE2, which takes more, says where a match may begin at all. Asked often, it would read the value's rest again and again:
        beyond a few times the value's length every place is tried instead.
        """
        if self._program is None:
            self._program = _program(self.text)
        match = self._match or self.compile()
        walk = Walk(self._program, value)
        leaps = _LEAPS * len(value)
        try:
            while start <= len(value):
                if leaps > 0:
                    likely = match(UNANCHORED, value, start, len(value))[0]
                    if likely[0] < 0:
                        return None
                    leaps -= likely[1] - start + 1
                    start = likely[0]
                end = walk.match(self._program.first, start)
                if end >= 0:
                    saved = walk.saved[2:]
                    return (start, end), [(b, e) if e >= 0 else (-1, -1) for b, e in zip(saved[::2], saved[1::2], strict=True)]
                start += 1
        except Spent:
            return ((start, len(value)), []) if self._doubtful else None
        return None


def compile_pcre(text: bytes | str, known: MutableMapping[bytes, Translation] | None = None) -> Pcre:
    """A pattern in PCRE's syntax, over octets, as SecLang means it.

    Args:
        text: as it stands in a rule file; a `str` counts as its UTF-8.
        known: translations of patterns by their text, from an earlier start or not; what is not there is put there. A known
            pattern is not read again, and RE2 compiles it when it is first asked.

    Raises:
        Refused: it is no pattern, or has what is not taken.
    """
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
    translation = None if known is None else known.get(raw)
    if translation is not None:
        return Pcre(raw, translation)
    try:
        pattern = Pcre(raw, *_translate(raw))
    except Refused as refusal:
        raise Refused(f"'{raw.decode('utf-8', 'replace')}' is no pattern that is taken: {refusal}") from None
    if known is not None:
        known[raw] = pattern.translation
    return pattern


def _program(raw: bytes) -> Program:
    node, groups = read(raw.decode("latin-1"))
    return program_of(without_needless_atoms(node), groups)


def _translate(raw: bytes) -> tuple[Translation, Match]:
    node, groups = read(raw.decode("latin-1"))
    node = without_needless_atoms(node)
    walked = any_inside(node, (Look, Atomic, Again)) or _last_line_end(node)
    exact = spell(node)
    match = _taken(exact)
    if match is None:
        walked = True
        exact = spell(node, uncounted=True)
        match = match_function(exact)
    if walked:
        program_of(node, groups)  # refuses what can't be walked
    grouped = spell(node, groups=True) if groups and not walked else ""
    return Translation(exact, grouped, gate_of(node), walked), match


def _taken(text: str) -> Match | None:
    """RE2's matcher; None where RE2 refuses the pattern for its counts or its size, which does not keep it from being walked."""
    try:
        return match_function(text)
    except Refused as refusal:
        if "repetition" in str(refusal) or "too large" in str(refusal):
            return None
        raise


def _last_line_end(node: Node) -> bool:
    return (isinstance(node, Edge) and node.place == "last_line_end") or any(map(_last_line_end, inside(node)))
