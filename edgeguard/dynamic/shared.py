"""Sanctions and counts that all edges share, in Redis. Nothing waits for it: all is gathered, and told some times a second.

**Sanctions** have a number each time one changes; an edge asks for those beyond the last number it has seen. An edge that was cut
off tells what it has put in force meanwhile; of two words about one sanction the later one holds, so telling twice does no harm.

**Counts** go out in one call for each rule that has counted, and come back as what all edges together have seen. Where that is
enough, the edge that hears it acts. So a client who spreads requests over edges is found out a turn later than another, at most.
Without Redis each worker counts for itself; what it would have told then is dropped, since by the next day nobody would want it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from edgeguard.dynamic.records import from_json, to_json
from edgeguard.dynamic.scripts import COUNT, DISTINCT, NEWS, RESET, TELL
from edgeguard.dynamic.window import SETS, SLOTS
from edgeguard.redislink import Script, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.dynamic.desk import Desk
    from edgeguard.dynamic.engine import Dynamic
    from edgeguard.dynamic.model import Event, Rule, Sanction
    from edgeguard.redislink import RedisLink

ROOM = 20_000  # sanctions that Redis keeps
COUNTS = 100_000  # fields of one slot of one rule; others are then counted by each edge alone
NEWS_AT_ONCE = 500
MOST_PENDING = 2_000  # keys that wait for the next turn; others are then counted by this worker alone
AT_ONCE = 200  # of one call


class Exchange:
    """The sanctions alone, without an engine; the command line has one of its own.

    Args:
        link: the connection, started or not.
    """

    def __init__(self, link: RedisLink) -> None:
        self._tell = Script(link, TELL)
        self._news = Script(link, NEWS)
        self._keys = [f"{link.prefix}:d:{{s}}:{name}" for name in ("all", "order", "last")]
        self._seen = 0

    async def tell(self, sanctions: Sequence[Sanction]) -> bool:
        """Tell of some; False where Redis could not be told."""
        if not sanctions:
            return True
        calls = [(self._keys, (f"{one.subject}|{one.rule}", f"{one.changed:.6f}", to_json(one), ROOM)) for one in sanctions]
        return await self._tell.calls(calls, _went_well)

    async def news(self) -> list[Sanction] | None:
        """What has changed since the last time; the first time everything. None where Redis gives no answer."""
        news: list[Sanction] = []
        while True:
            try:
                found = await self._news.call(self._keys, (self._seen, NEWS_AT_ONCE))
            except Unavailable:
                return None
            last, *pairs = found
            news += [one for text in pairs[1::2] if (one := from_json(text)) is not None]
            if len(pairs) < 2 * NEWS_AT_ONCE:
                self._seen = int(last)
                return news
            self._seen = int(pairs[-2])


class Shared:
    """One worker's part; see the module.

    Args:
        link: the connection; its owner starts and closes it.
        dynamic: is told what all edges together have counted.
        desk: is told of other edges' sanctions.
        wall: seconds since the epoch.

    Attributes:
        on_begun: told of sanctions that begin here because of what all edges together have seen.
    """

    def __init__(self, link: RedisLink, dynamic: Dynamic, desk: Desk, wall: Callable[[], float]) -> None:
        self._link = link
        self._dynamic = dynamic
        self._desk = desk
        self._wall = wall
        self._exchange = Exchange(link)
        self._count = Script(link, COUNT)
        self._distinct = Script(link, DISTINCT)
        self._pending: dict[tuple[str, str, int | None], tuple[int, Event]] = {}
        self._owed: list[Sanction] = []
        self._resets: list[tuple[Rule, str]] = []
        self._reset = Script(link, RESET)
        self._changes = -1
        self.on_begun: Callable[[Sequence[Sanction], float], None] = lambda *_: None

    def send(self, sanction: Sanction) -> None:
        """See `desk.Wire`. What can't be told now is told of when Redis is back, with all else that is in force."""
        if self._link.up:
            self._owed.append(sanction)

    def counted(self, rule: Rule, key: str, item: int | None, amount: int, event: Event) -> None:
        """See `engine.Tally`."""
        name = (rule.id, key, item)
        before = self._pending.get(name)
        if before is not None:
            self._pending[name] = (before[0] + amount, event)
        elif len(self._pending) < MOST_PENDING and self._link.up:
            self._pending[name] = (amount, event)

    def reset(self, rule: Rule, key: str) -> None:
        """See `engine.Tally`."""
        self._pending = {name: found for name, found in self._pending.items() if name[:2] != (rule.id, key)}
        if self._link.up and len(self._resets) < AT_ONCE:
            self._resets.append((rule, key))

    async def turn(self) -> None:
        """Tell what is owed, and hear what is new."""
        if not self._link.up:
            self._pending.clear()
            self._owed.clear()
            self._resets.clear()
            return
        if self._changes != self._link.changes:  # Redis is there anew, and may have been cut off, or have lost everything
            self._changes = self._link.changes
            now = self._wall()
            self._owed += [sanction for sanction in self._dynamic.register if sanction.keep > now]
        owed, self._owed = self._owed, []
        for start in range(0, len(owed), AT_ONCE):
            if not await self._exchange.tell(owed[start : start + AT_ONCE]):
                self._changes = -1
        for sanction in await self._exchange.news() or ():
            self._desk.heard(sanction, self._wall())
        await self._tell_counts()

    async def _tell_counts(self) -> None:
        resets, self._resets = self._resets, []
        for acted, key in resets:
            with contextlib.suppress(Unavailable):
                await self._reset.call([self._base(acted)], (*_slots(acted), self._dynamic.hidden(key)))
        pending, self._pending = self._pending, {}
        by_rule: dict[str, list[tuple[str, int | None, int, Event]]] = {}
        for (rule_id, key, item), (amount, event) in pending.items():
            by_rule.setdefault(rule_id, []).append((key, item, amount, event))
        for name, counts in by_rule.items():
            rule = self._dynamic.rules.get(name)
            if rule is not None:
                for start in range(0, len(counts), AT_ONCE):
                    await self._tell_of(rule, counts[start : start + AT_ONCE])

    def _base(self, rule: Rule) -> str:
        return f"{self._link.prefix}:d:{{{rule.id}}}"

    async def _tell_of(self, rule: Rule, counts: list[tuple[str, int | None, int, Event]]) -> None:
        args: list[str | int] = [*_slots(rule), COUNTS]
        for key, item, amount, _ in counts:
            args += [self._dynamic.hidden(key), amount if item is None else f"{item:x}"]
        script = self._count if rule.item is None else self._distinct
        try:
            totals = await script.call([self._base(rule)], args)
        except Unavailable:
            return
        now = self._wall()
        for (key, _, _, event), total in zip(counts, totals, strict=True):
            if total >= rule.limit and (sanction := self._dynamic.reached(rule.id, key, event, now)) is not None:
                self.on_begun([sanction], now)


def _slots(rule: Rule) -> tuple[int, int]:
    """Milliseconds of one slot of a rule's window, and how many whole ones count."""
    slots = SLOTS if rule.item is None else SETS
    return max(1, int(rule.window * 1000 / slots)), slots


def _went_well(outcome: list[Any] | Unavailable) -> bool:
    return isinstance(outcome, list) and all(isinstance(reply, int) for reply in outcome)
