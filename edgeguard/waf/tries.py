"""Puts terms together: a trie for each list of values, databases for the tries' patterns, and lists into lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bare import BARE
from edgeguard.waf.caseless import before_lowercase
from edgeguard.waf.forms import Entry, Trie
from edgeguard.waf.gates import divided, make_gates
from edgeguard.waf.lanes import COUNTED, LANES, Count, Lane, Member
from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.registry import extractor
from edgeguard.waf.targets.sources import FIELDS, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Expression
    from edgeguard.waf.forms import Patterns
    from edgeguard.waf.gate import Gate
    from edgeguard.waf.model import Term

_ALIKE = 0.5  # of two lists' expressions that must be the same for one set of databases to serve both
_LATE = {Source.BODY_PROCESSOR: Phase.REQUEST_BODY}  # a rule on the head may still change it

Stream = tuple[Source, str, bytes | None]
"""A list as plans tell them apart: its source, for XML the path, and the value that stands where it has none."""


class Builder:
    """Makes what each phase looks at, for all terms of a ruleset."""

    def __init__(self, terms: Sequence[Term], databases: Databases | None) -> None:
        self._tries: dict[tuple[str, tuple[Term, ...]], Trie] = {}
        self._streams: dict[Phase, dict[Stream, list[Term]]] = {phase: {} for phase in Phase}
        self._counts: dict[Phase, list[Term]] = {phase: [] for phase in Phase}
        for term in terms:
            self._place(term)
        self._members = {
            phase: [(stream, _member(stream, found, self._trie)) for stream, found in streams.items()]
            for phase, streams in self._streams.items()
        }
        self._bind(databases)

    def phase(self, phase: Phase) -> tuple[tuple[Lane, ...], tuple[Member, ...], tuple[Count, ...]]:
        """Lanes, loose lists and counts of one phase."""
        members = self._members[phase]
        counts = self._counts[phase]
        lanes = []
        loose, others = dict(members), list(counts)
        for key, sources in LANES:
            inside = tuple([loose.pop(stream) for stream in [*loose] if stream[0] in sources])
            counted = COUNTED.get(key, sources)
            numbers = [term for term in others if counted.issuperset(term.target.sources)]
            others = [term for term in others if term not in numbers]
            if inside or numbers:
                lanes.append(Lane(key, inside, tuple(map(_count, numbers))))
        return tuple(lanes), tuple(loose.values()), tuple(map(_count, others))

    def _place(self, term: Term) -> None:
        """Note in which phase each of the term's lists is looked at."""
        phases = [_LATE.get(source, source.phase) for source in term.target.sources]
        if term.target.count:
            latest = max(phases)
            self._counts[latest if term.phase is None else min(latest, term.phase)].append(term)
            return
        for source, phase in zip(term.target.sources, phases, strict=True):
            if term.phase is not None and phase > term.phase:
                if term.target.otherwise is None:
                    continue
                phase = term.phase  # noqa: PLW2901 - where there is nothing yet, the value that stands for it is looked at
            stream = (source, term.target.path, term.target.otherwise)
            self._streams[phase].setdefault(stream, []).append(term)

    def _trie(self, label: str, terms: tuple[Term, ...]) -> Trie:
        known = self._tries.get((label, terms))
        if known is None:
            entries: list[Entry] = []
            checks: list[Term] = []
            for term in terms:
                made = _entries(term)
                entries += made
                if not made:
                    checks.append(term)
            known = self._tries[label, terms] = Trie(label, entries, checks)
        return known

    def _bind(self, databases: Databases | None) -> None:
        """Give all patterns their databases. Those of which most are the same share theirs."""
        tries = self._tries.values()
        patterns = [patterns for trie in tries for patterns in trie.patterns if patterns.wanted]
        sets = {id(each): shared for alike, shared in _shared(patterns) for each in alike}
        gates = make_gates([each for shared in sets.values() for each in shared], databases)
        for trie in tries:
            for each in trie.patterns:
                for expressions in sets.get(id(each), ()):
                    _give(trie, each, expressions, gates[expressions])
            trie.settle()


def _give(trie: Trie, patterns: Patterns, expressions: tuple[Expression, ...], gate: Gate) -> None:
    patterns.bind(gate, {expression: number for number, expression in enumerate(expressions)})
    unread = [term for number in gate.ungated for term in patterns.wanted.get(expressions[number], ())]
    if unread:
        trie.checks = tuple(dict.fromkeys((*trie.checks, *unread)))


def _entries(term: Term) -> list[Entry]:
    """How the gate is asked for the term; nothing where it must be asked exactly."""
    expressions = term.operator.gate
    if expressions is None or term.negated:
        return []
    lengths = range(len(term.pipeline) + 1)
    ways = [term.pipeline[:length] for length in lengths] if term.multi else [term.pipeline]
    entries: list[Entry] = []
    for bare, last in ((False, ()), (True, (BARE,))):
        some = tuple(expression for expression in expressions if expression.bare is bare)
        for way in ways if some else ():
            steps, asked = (way, some) if term.multi else before_lowercase(way, some)
            entries.append(Entry(term, steps + last, asked))
    return entries


def _member(stream: Stream, terms: list[Term], trie: Callable[[str, tuple[Term, ...]], Trie]) -> Member:
    """A trie for each name that some term names or leaves out, with just the terms that look at it."""
    source, path, otherwise = stream
    names = {term.target.key for term in terms if term.target.key is not None}
    leaves_out = source in FIELDS
    if leaves_out:
        names |= {name for term in terms for name in term.target.without}

    def looking(name: bytes | None) -> Trie | None:
        wanted = tuple(
            term
            for term in terms
            if (term.target.key == name if term.target.key is not None else not leaves_out or name not in term.target.without)
        )
        return trie(source.value, wanted) if wanted else None

    return Member(
        source.value, extractor(source, path), {name: looking(name) for name in sorted(names)}, looking(None), otherwise
    )


def _count(term: Term) -> Count:
    return Count(term, term.target.name, tuple(extractor(source, term.target.path) for source in term.target.sources))


def _shared(patterns: Iterable[Patterns]) -> list[tuple[list[Patterns], list[tuple[Expression, ...]]]]:
    """Patterns that have at least half of their expressions in common, with the sets that their databases hold."""
    groups: list[tuple[set[Expression], list[Patterns]]] = []
    for each in sorted(patterns, key=lambda each: -len(each.wanted)):
        own = set(each.wanted)
        for shared, members in groups:
            if len(own & shared) >= _ALIKE * len(own | shared):
                members.append(each)
                shared.update(own)
                break
        else:
            groups.append((own, [each]))
    return [(members, divided(shared)) for shared, members in groups]
