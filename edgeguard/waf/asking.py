"""Asking the gate of each value in a phase's lists: terms that may hold, and where, are noted as hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.budget import Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edgeguard.waf.evaluate import Hit
    from edgeguard.waf.forms import Terms, Trie
    from edgeguard.waf.lanes import Count, Found, Lane, Member
    from edgeguard.waf.model import Term
    from edgeguard.waf.plan import PhasePlan
    from edgeguard.waf.seen import Seen


class Asking:
    """One transaction's look-ups.

    Attributes:
        hits: by term, where it may hold.
    """

    __slots__ = ("_seen", "_tick", "hits")

    def __init__(self, seen: Seen, tick: Callable[[], None]) -> None:
        self._seen = seen
        self._tick = tick
        self.hits: dict[Term, list[Hit]] = {}

    def ask(self, plan: PhasePlan) -> None:
        """Look at all lists of a phase.

        Raises:
            Spent: there is no more time; what was found until then still counts.
        """
        for lane in plan.lanes:
            self._lane(lane)
        if plan.loose or plan.counts:
            self._take(self._look(plan.loose, plan.counts))

    def _lane(self, lane: Lane) -> None:
        """What is in a lane's lists: as it was before, where the same has been seen before."""
        key = lane.key(self._seen)
        known = None if key is None else lane.known.get(key)
        if known is None:
            known = tuple(self._look(lane.members, lane.counts))
            if key is not None:
                lane.remember(key, known)
        self._take(known)

    def _look(self, members: Iterable[Member], counts: Iterable[Count]) -> list[Found]:
        found: list[Found] = []
        try:
            for member in members:
                self._member(member, found)
            for count in counts:
                self._count(count, found)
        except Spent:
            self._take(found)
            raise
        return found

    def _take(self, found: Iterable[Found]) -> None:
        hits = self.hits
        for term, label, name, value in found:
            hits.setdefault(term, []).append((label, name, value))

    def _member(self, member: Member, found: list[Found]) -> None:
        """Ask of each value in a list."""
        named = member.named
        other = member.other
        label = member.label
        pairs = member.take(self._seen)
        if not pairs and member.otherwise is not None:
            pairs = ((b"", member.otherwise),)
        last: bytes | None = None  # a long one that stands there thousands of times is not remembered by its trie
        asked: Trie | None = None
        terms: Terms | None = None
        for name, value in pairs:
            trie = named.get(name.lower(), other) if named else other
            if trie is None:
                continue
            if value is not last or trie is not asked or terms is None:
                terms = trie.known.get(value)
                if terms is None:
                    self._tick()
                    terms = trie.ask(value, self._tick)
                last, asked = value, trie
            if terms:
                found += [(term, label, name, value) for term in terms]

    def _count(self, count: Count, found: list[Found]) -> None:
        number = b"%d" % count.of(self._seen)
        if count.term.takes(number):
            found.append((count.term, count.label, b"", number))
