"""Dynamic rules at work: what was seen is counted, and what follows holds the next requests. No I/O, no clock but one handed in.

    observe(event, now)   ── after an exchange: count, and tell which sanctions begin
    decision(client, now) ── before the next one: what holds it

Both run in microseconds and never wait. How sanctions reach other workers and edges is not here: `observe` returns them, and
`learn` takes in what others have found.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Protocol

from edgeguard.dynamic.listening import Listening
from edgeguard.dynamic.model import BY_HAND, Decision, Sanction, Subject
from edgeguard.dynamic.register import STRENGTH, Register
from edgeguard.dynamic.table import Table
from edgeguard.dynamic.throttle import Throttle
from edgeguard.dynamic.window import Distinct, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.dynamic.keys import Naming
    from edgeguard.dynamic.model import Act, Event, Rule
    from edgeguard.message import Client, Headers


class Never(Protocol):
    """A set of addresses that rules leave alone."""

    def contains(self, address: str) -> bool:
        """Whether that address is in it."""
        ...


class Tally(Protocol):
    """Told of each thing that was counted, so that others can count along."""

    def counted(self, rule: Rule, key: str, item: int | None, amount: int, event: Event) -> None:
        """`amount` more of `key`; `item` is the thing, where different things are counted."""
        ...

    def reset(self, rule: Rule, key: str) -> None:
        """The rule has acted on `key`, which counts from nothing."""
        ...


class Dynamic:
    """One process's counters and sanctions.

    Args:
        rules: those that are retired or in `test` are left out.
        naming: made the rules' keys; finds tokens and sessions of requests.
        room: counters in all; each rule has an equal share, so that no flood of one rule's keys can push out another's.
        sanctions: held at most.
        never: whose addresses rules don't act on; a person still can.
        shadow: only say what would be done.
        tallies: see `Tally`.

    Attributes:
        register: the sanctions.
    """

    __slots__ = ("_by_status", "_naming", "_never", "_shadow", "_tables", "_throttle", "register", "rules", "tallies")

    def __init__(
        self,
        rules: Iterable[Rule],
        naming: Naming,
        *,
        room: int = 50_000,
        sanctions: int = 10_000,
        never: Never | None = None,
        shadow: bool = False,
        tallies: Sequence[Tally] = (),
    ) -> None:
        self.rules = {rule.id: rule for rule in rules if rule.status in ("enforce", "shadow")}
        self.register = Register(sanctions)
        self.tallies = tuple(tallies)
        self._naming = naming
        self._never = never
        self._shadow = shadow
        self._throttle = Throttle()
        share = max(1, room // max(1, len(self.rules)))
        self._tables: dict[str, Table] = {}
        for rule in self.rules.values():
            window = Window(rule.window) if rule.item is None else Distinct(rule.window, rule.limit)
            self._tables[rule.id] = Table(window, share)
        counting = [(rule, self._tables[rule.id]) for rule in self.rules.values()]
        # Most responses are 200, and few rules ask for those.
        self._by_status = [
            Listening([(rule, table) for rule, table in counting if rule.statuses is None or status in rule.statuses])
            for status in range(600)
        ]

    # -- after an exchange

    def wants(
        self, status: int, *, matched: bool, unusual: bool, login: bool, cache: str, origin_seconds: float, cost: int = 0
    ) -> bool:
        """Whether any rule could count such an exchange; most are none of theirs, and need not become events."""
        listening = self._by_status[status if 0 <= status < 600 else 0]
        return bool(
            listening.always
            or cache in listening.caches
            or origin_seconds >= listening.origin_seconds
            or (matched and listening.matched)
            or (unusual and listening.unusual)
            or (login and listening.login)
            or cost >= listening.cost
        )

    def observe(self, event: Event, now: float) -> Sequence[Sanction]:
        """Count what an exchange tells, and put in force what follows.

        Returns:
            the sanctions that begin now, those in shadow among them; `log` is one of them, although it holds nobody.
        """
        begun: list[Sanction] = []
        for rule, table in self._by_status[event.status if 0 <= event.status < 600 else 0].to(event):
            if rule.fits(event):
                sanction = self._count(rule, table, event, now)
                if sanction is not None:
                    begun.append(sanction)
        return begun

    def _count(self, rule: Rule, table: Table, event: Event, now: float) -> Sanction | None:
        key = rule.key(event)
        if key is None:
            return None
        window = table.window
        if isinstance(window, Window):
            item, amount = None, 1 if rule.weight is None else rule.weight(event)
            if not amount:
                return None
            reached = window.add(table.counter(key, now), now, amount) >= rule.limit
        else:
            thing = rule.item(event) if rule.item is not None else None
            if thing is None:
                return None
            item, amount = self._naming.hasher.number(thing) >> 1, 1  # 63 bits: see `peers`
            reached = window.add(table.counter(key, now), now, item) >= window.enough
        for tally in self.tallies:
            tally.counted(rule, key, item, amount, event)
        return self._reach(rule, key, event, now) if reached else None

    def reached(self, rule: str, key: str, event: Event, now: float) -> Sanction | None:
        """Others have counted along, and together it is enough; what follows."""
        found = self.rules.get(rule)
        return None if found is None else self._reach(found, key, event, now)

    def _reach(self, rule: Rule, key: str, event: Event, now: float) -> Sanction | None:
        subject = rule.subject(event)
        self._tables[rule.id].reset(key)
        for tally in self.tallies:
            tally.reset(rule, key)
        if subject is None or (self._never is not None and self._spared(subject, event)):
            return None
        last = self.register.get(subject, rule.id)
        if last is not None and last.until > now:
            return None
        count = last.count + 1 if last is not None and last.keep > now else 1
        length = rule.lengths[min(count, len(rule.lengths)) - 1]
        sanction = Sanction(
            subject=subject,
            act=rule.act,
            rule=rule.id,
            began=now,
            until=now + length,
            keep=now + length + rule.forget,
            count=count,
            changed=now,
            reason=rule.title[:LONGEST_REASON],
            requests=rule.requests,
            seconds=rule.seconds,
            shadow=self._shadow or rule.status == "shadow",
        )
        self.register.put(sanction, now)
        return sanction

    def _spared(self, subject: Subject, event: Event) -> bool:
        """A rule does not act on an address that is to be left alone, nor on a network around one that it has seen."""
        return self._never is not None and subject.kind in ("address", "network") and self._never.contains(event.address)

    # -- before the next one

    def decision(
        self, client: Client, now: float, headers: Headers | None = None, *, challenged: bool = False
    ) -> Decision | None:
        """What holds a request of this client; the strongest of several, and one in shadow only where nothing else does.

        An address's or network's sanctions don't hold a client who has proven who it is: it is counted by itself. A ban that
        a person has ordered holds everybody.

        Args:
            client: who asks.
            now: seconds since the epoch.
            headers: of the request; without them, tokens and sessions are not looked for.
            challenged: a challenge was passed, so that none holds any more.
        """
        register = self.register
        if not register.busy:
            return None
        address = client.address
        found = register.find(Subject("address", address))
        if register.networks:
            # An address of IPv6 lies in the network by which its subscriber is known.
            found = (*found, *register.around(address.partition("%")[0]))
        if found and client.authenticated:
            found = tuple(sanction for sanction in found if sanction.hard and sanction.act != "challenge")
        if register.others:
            found = (*found, *self._others(client, headers))
        if challenged:
            found = tuple(sanction for sanction in found if sanction.act != "challenge")
        return self._strongest(found, now) if found else None

    def login(self, login: str, now: float) -> Decision | None:
        """What holds a try to log in under a name, of which this is the hash."""
        register = self.register
        return self._strongest(register.find(Subject("login", login)), now) if register.others else None

    def _others(self, client: Client, headers: Headers | None) -> list[Sanction]:
        find, naming = self.register.find, self._naming
        found: list[Sanction] = []
        if client.account is not None:
            found += find(Subject("account", naming.hasher.bounded(client.account.id, 64)))
        if headers is not None:
            if value := headers.get(b"authorization"):
                found += find(Subject("token", naming.token_of(value)))
            if (cookies := headers.get(b"cookie")) and (session := naming.session_of(cookies)):
                found += find(Subject("session", session))
        return found

    def _strongest(self, found: Iterable[Sanction], now: float) -> Decision | None:
        chosen: Decision | None = None
        rank = -1
        for sanction in found:
            strength = STRENGTH[sanction.act] + (0 if sanction.shadow else 10)
            if sanction.until <= now or strength <= rank or sanction.act == "log":
                continue
            wait = ceil(sanction.until - now)
            if sanction.act == "tighten":
                wait = self._throttle.wait(sanction, now)
                if not wait:
                    continue
            chosen, rank = Decision(sanction, wait), strength
        return chosen

    # -- what others say

    def merge(self, rule: str, key: str, item: int | None, amount: int, now: float) -> None:
        """Another worker has counted `amount` more of `key`, or a thing; or it has acted, which an amount of 0 says."""
        table = self._tables.get(rule)
        if table is None:
            return
        window = table.window
        if not amount:
            table.reset(key)
        elif isinstance(window, Window):
            window.add(table.counter(key, now), now, amount)
        elif item is not None:
            window.add(table.counter(key, now), now, item)

    def learn(self, sanction: Sanction, now: float) -> bool:
        """Take in what another process or a person has ordered; False where that was known."""
        return self.register.put(sanction, now)

    def lift(self, sanction: Sanction, now: float, by: str) -> Sanction:
        """End one before its time; the subject's next one is its first again."""
        lifted = replace(sanction, until=sanction.began, keep=now + LIFTED_SECONDS, count=0, changed=now, by=by[:LONGEST_BY])
        self.register.put(lifted, now)
        return lifted

    def sweep(self, now: float) -> list[Sanction]:
        """Call it about once a second; the sanctions that are in force."""
        return self.register.sweep(now)

    def hidden(self, key: str) -> str:
        """What a key is called where others can read it."""
        return self._naming.hasher.name("key", key.encode("utf-8", "surrogatepass"))

    @property
    def counters(self) -> tuple[int, int]:
        """How many counters there are, and how many were given up so far although they counted something."""
        tables = self._tables.values()
        return sum(map(len, tables)), sum(table.evicted for table in tables)


# An edge that was away so long asks for everything anew, so that it can't bring back what was lifted meanwhile.
LIFTED_SECONDS = 3600.0
LONGEST_REASON = 64
LONGEST_BY = 32


def by_hand(
    subject: Subject, act: Act, seconds: float, now: float, *, reason: str = "", by: str = "", rate: tuple[int, float] = (0, 0)
) -> Sanction:
    """What a person orders.

    Raises:
        ValueError: `act` is nothing that holds anyone.
    """
    if act not in ("ban", "challenge", "tighten"):
        raise ValueError(f"'{act}' is no action; there are ban, challenge and tighten")
    until = now + seconds
    return Sanction(
        subject=subject,
        act=act,
        rule=BY_HAND,
        began=now,
        until=until,
        keep=until,
        changed=now,
        reason=reason[:LONGEST_REASON],
        by=by[:LONGEST_BY] or "someone",
        requests=rate[0],
        seconds=rate[1],
    )
