"""What dynamic rules speak of, as plain values: an event, whom it concerns, and what is done to them for how long.

Times are seconds since the epoch, as handed in: edges share them, and a replay moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.message import Headers

Kind = Literal["address", "network", "account", "session", "token", "login"]
Act = Literal["ban", "challenge", "tighten", "log"]
Status = Literal["test", "shadow", "enforce", "retired"]
KINDS: tuple[Kind, ...] = ("address", "network", "account", "session", "token", "login")
ACTS: tuple[Act, ...] = ("ban", "challenge", "tighten", "log")
BY_HAND = "by-hand"  # stands where a rule's id does for what a person has ordered
LONGEST_VALUE = 64  # characters of a subject's value; what is longer is known by its hash


class Subject(NamedTuple):
    """Whom something is done to; `value` is an address, a network in CIDR, an account's name, or a keyed hash."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


@dataclass(slots=True)
class Event:
    """One exchange that is over, as far as dynamic rules may ask for it. Replays make them from recorded traffic.

    Attributes:
        address: the client's, in its canonical spelling.
        account: its name, or "" for nobody's.
        verified: whether the edge itself proved the account.
        status: of the response.
        verdict, reason, cache: as in the record of the exchange; "" where there is none.
        origin_seconds: how long the origin took; 0 where it was not asked.
        rules, tags: ids and tags of the rules that matched.
        cost: of a GraphQL query; 0 where nobody reckoned it.
        login, password: keyed hashes of what a login tried; "" where the request is none.
        headers: of the request; None for none.
    """

    address: str
    account: str = ""
    verified: bool = False
    method: str = "GET"
    host: str = ""
    path: str = "/"
    route: str = "default"
    status: int = 200
    verdict: str = "pass"
    reason: str = ""
    cache: str = ""
    origin_seconds: float = 0.0
    rules: Sequence[str] = ()
    tags: Sequence[str] = ()
    cost: int = 0
    login: str = ""
    password: str = ""
    headers: Headers | None = None


@dataclass(frozen=True, slots=True)
class Sanction:
    """Something done to a subject for a time. One that is over is kept for a while: it makes the next one longer.

    Attributes:
        rule: its id, or `BY_HAND`.
        by: who ordered it: `rule`, or a person.
        until: when it ends; equal to `began` where it was lifted.
        keep: until when it is remembered.
        count: which one of this rule for this subject it is, from 1.
        changed: when it was last changed; of two that differ the later one is true.
        requests, seconds: of `tighten`: so many requests in each so many seconds.
        shadow: it is only counted.
    """

    subject: Subject
    act: Act
    rule: str
    began: float
    until: float
    keep: float
    count: int = 1
    changed: float = 0.0
    reason: str = ""
    by: str = "rule"
    requests: int = 0
    seconds: float = 0.0
    shadow: bool = False

    @property
    def name(self) -> tuple[Subject, str]:
        """What tells sanctions apart."""
        return self.subject, self.rule

    @property
    def hard(self) -> bool:
        """Whether it holds verified accounts at an address, too: a person meant it so."""
        return self.rule == BY_HAND


class Glance(NamedTuple):
    """What an exchange must have at least for a rule to look at it, beside its status; for a first look that costs little.

    Attributes:
        always: nothing more.
        matched: a rule has matched.
        unusual: its verdict is not `pass`.
        login: it tried to log in.
        caches: results of the cache, of which it has one.
        origin_seconds, cost: at least so much.
    """

    always: bool = False
    matched: bool = False
    unusual: bool = False
    login: bool = False
    caches: frozenset[str] = frozenset()
    origin_seconds: float = float("inf")
    cost: float = float("inf")


ALWAYS = Glance(always=True)


class Decision(NamedTuple):
    """What holds a request, and for how long from now, in whole seconds."""

    sanction: Sanction
    retry_after: int


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A dynamic rule, compiled.

    Attributes:
        statuses: of responses that can concern it; None for all.
        fits: whether an event counts.
        key: what is counted apart; None where the event lacks a part of it.
        item: what is counted once only; None counts events, or their `weight`.
        weight: how much an event counts.
        subject: whom the action is for; None where the event does not say.
        window: seconds.
        lengths: of the action, for the first time, the second, and so on; the last one stays.
        forget: seconds after a sanction's end at which the next one is the first again.
        source: `file:line`, for people.
        canonical: the rule as it was read, in one spelling, for digests.
    """

    id: str
    title: str
    status: Status
    statuses: frozenset[int] | None
    fits: Callable[[Event], bool]
    key: Callable[[Event], str | None]
    item: Callable[[Event], str | None] | None
    weight: Callable[[Event], int] | None
    subject: Callable[[Event], Subject | None]
    limit: int
    window: float
    act: Act
    lengths: tuple[float, ...]
    forget: float
    requests: int = 0
    seconds: float = 0.0
    source: str = ""
    canonical: str = field(default="", repr=False)
    glance: Glance = ALWAYS
    words: str = ""  # when, key, limit and action, for people
