"""The sanctions that a process knows, found by whom they hold in a few look-ups. No clock is read here.

Those that are over stay until they are forgotten, because the next one of the same rule is longer for them.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

import radix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.dynamic.model import Sanction, Subject

STRENGTH = {"log": 0, "tighten": 1, "challenge": 2, "ban": 3}
_SHARE = 16  # where there is no room, so large a part of all goes at once: finding them takes a look at each


class Register:
    """Sanctions by subject and rule.

    Args:
        room: held at most, those that are over among them.

    Attributes:
        busy: whether any could be in force: False spares all look-ups.
        networks: how many networks have one.
        others: how many subjects that are neither addresses nor networks have one.
        dropped: sanctions in force that were given up for want of room.
    """

    __slots__ = ("_all", "_live", "_room", "_size", "_tree", "busy", "dropped", "networks", "others")

    def __init__(self, room: int = 10_000) -> None:
        self._room = max(_SHARE, room)
        self._all: dict[Subject, dict[str, Sanction]] = {}
        self._size = 0
        self._live: dict[Subject, tuple[Sanction, ...]] = {}
        self._tree = radix.Radix()
        self.busy = False
        self.networks = self.others = self.dropped = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Sanction]:
        return iter([sanction for by_rule in self._all.values() for sanction in by_rule.values()])

    def get(self, subject: Subject, rule: str) -> Sanction | None:
        """The last sanction of that rule for that subject, be it over."""
        return self._all.get(subject, {}).get(rule)

    def put(self, sanction: Sanction, now: float) -> bool:
        """Take one in; False where the same or a later word about it is known."""
        known = self.get(sanction.subject, sanction.rule)
        if known is None:
            if self._size >= self._room:
                self._make_room(now)
            self._size += 1
        elif known.changed >= sanction.changed:
            return False
        self._all.setdefault(sanction.subject, {})[sanction.rule] = sanction
        self._index(sanction.subject, now)
        return True

    def find(self, subject: Subject) -> tuple[Sanction, ...]:
        """Those of exactly this subject, the strongest first; the caller looks at `until`."""
        return self._live.get(subject, ())

    def around(self, address: str) -> list[Sanction]:
        """Those of networks that an address lies in."""
        try:
            nodes = self._tree.search_covering(address)
        except ValueError:
            return []
        return [sanction for node in nodes for sanction in self._live.get(node.data["subject"], ())]

    def sweep(self, now: float) -> list[Sanction]:
        """Forget what is over long enough, and have nobody look for what is over; those in force are left."""
        for sanction in self:
            if sanction.until <= now:
                if sanction.keep <= now:
                    self._forget(sanction)
                self._index(sanction.subject, now)
        return [sanction for live in self._live.values() for sanction in live]

    def _forget(self, sanction: Sanction) -> None:
        by_rule = self._all[sanction.subject]
        del by_rule[sanction.rule]
        self._size -= 1
        if not by_rule:
            del self._all[sanction.subject]

    def _index(self, subject: Subject, now: float) -> None:
        found = [one for one in self._all.get(subject, {}).values() if one.until > now]
        before = subject in self._live
        if found:
            self._live[subject] = tuple(sorted(found, key=lambda one: -STRENGTH[one.act]))
        elif before:
            del self._live[subject]
        if before is not bool(found):
            step = 1 if found else -1
            if subject.kind == "network":
                self.networks += step
                if found:
                    self._tree.add(subject.value).data["subject"] = subject
                else:
                    self._tree.delete(subject.value)
            elif subject.kind != "address":
                self.others += step
        self.busy = bool(self._live)

    def _make_room(self, now: float) -> None:
        """Drop those that are missed least: over and soonest forgotten, else of a rule and soonest over."""

        def loss(one: Sanction) -> tuple[bool, bool, float]:
            live = one.until > now
            return live, one.hard, one.until if live else one.keep

        for sanction in nsmallest(max(1, self._room // _SHARE), self, key=loss):
            self.dropped += sanction.until > now
            self._forget(sanction)
            self._index(sanction.subject, now)
