"""Which rules look at an exchange at all, found from a few of its facts, so that a usual one is looked at by hardly any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.dynamic.model import Event, Rule
    from edgeguard.dynamic.table import Table

    Counting = tuple[Rule, Table]


class Listening:
    """The rules that look at exchanges of one status, by what each needs to be there; see `Glance`.

    Attributes:
        always: rules that need nothing more.
        caches: rules by the cache's result that they need.
        origin_seconds, cost: the least that any rule needs; infinite where none does.
    """

    __slots__ = ("_costly", "_slow", "always", "caches", "cost", "login", "matched", "origin_seconds", "unusual")

    def __init__(self, rules: Sequence[Counting]) -> None:
        self.always = [each for each in rules if each[0].glance.always]
        self.matched = [each for each in rules if each[0].glance.matched]
        self.unusual = [each for each in rules if each[0].glance.unusual]
        self.login = [each for each in rules if each[0].glance.login]
        self._slow = [each for each in rules if each[0].glance.origin_seconds < float("inf")]
        self._costly = [each for each in rules if each[0].glance.cost < float("inf")]
        self.origin_seconds = min((rule.glance.origin_seconds for rule, _ in self._slow), default=float("inf"))
        self.cost = min((rule.glance.cost for rule, _ in self._costly), default=float("inf"))
        self.caches: dict[str, list[Counting]] = {}
        for each in rules:
            for result in each[0].glance.caches:
                self.caches.setdefault(result, []).append(each)

    def to(self, event: Event) -> list[Counting]:
        """The rules that may fit."""
        found = self.always
        if event.cache in self.caches:
            found = found + self.caches[event.cache]
        if event.rules or event.tags:
            found = found + self.matched
        if event.verdict != "pass":
            found = found + self.unusual
        if event.login:
            found = found + self.login
        if event.origin_seconds >= self.origin_seconds:
            found = found + self._slow
        if event.cost >= self.cost:
            found = found + self._costly
        return found
