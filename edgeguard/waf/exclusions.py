"""Exclusions: rules of either language that are not asked, or not of some values, where a configuration says so.

They are looked at only once a rule may hold, so that requests of which nothing is found pay nothing for them. An exclusion takes
matches away and never makes one: a rule that holds without it is asked again without the values that are spared. It ends with the
day of `until`, by the clock that the transaction was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import inf
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused, RuleFault, unknown
from edgeguard.waf.model import Rule
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.syntax import Note, Place
from edgeguard.waf.spared import Spared, spared
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from edgeguard.config.model import Exclusion as Settings
    from edgeguard.config.model import Waf
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.seclang.selection import Exclusion as LeftOut

SOON = timedelta(days=7)  # before an exclusion ends it is told


@dataclass(frozen=True, slots=True, eq=False)
class Exclusion:
    """An exclusion, as one rule meets it.

    Attributes:
        spares: what the rule is not shown; empty where it is not asked at all.
        left_out: the same for a rule in SecLang.
        ends: seconds since 1970 from which on it is no longer in force.
    """

    name: str
    spares: tuple[Spared, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    routes: frozenset[str] | None = None
    paths: PathPatterns | None = None
    methods: frozenset[bytes] | None = None
    accounts: frozenset[str] | None = None
    ends: float = inf

    @property
    def whole(self) -> bool:
        """Whether the rule is not asked at all."""
        return not self.spares

    def applies(self, seen: Seen, route: str, wall: Callable[[], float]) -> bool:
        """Whether it is in force for this request."""
        request = seen.request
        if self.routes is not None and route not in self.routes:
            return False
        if self.methods is not None and request.method not in self.methods:
            return False
        if self.paths is not None and not self.paths.fits(request.path):
            return False
        account = seen.client.account
        if self.accounts is not None and (account is None or account.id not in self.accounts):
            return False
        return self.ends == inf or wall() < self.ends


@dataclass(frozen=True, slots=True)
class Settled:
    """What the exclusions of a configuration come down to.

    Attributes:
        of: by the rule's id, for partial evaluation makes rules anew; only rules that have some.
        names: of all, in order.
        notes: what is odd about them, for who lints.
        faults: what is wrong with them.
    """

    of: Mapping[str, tuple[Exclusion, ...]]
    names: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    faults: tuple[RuleFault, ...] = ()


def settle_exclusions(settings: Waf, rules: Sequence[Rule], chains: Sequence[ChainRule]) -> Settled:
    """Bind exclusions to the rules that they are about."""
    of: dict[str, tuple[Exclusion, ...]] = {}
    faults: list[RuleFault] = []
    notes: list[Note] = []
    for number, entry in enumerate(settings.exclusions):
        place = f"waf.exclusions[{number}]"
        try:
            for rule, made in _bound(entry, names_of(settings)[number], rules, chains, notes, place):
                of[rule.id] = (*of.get(rule.id, ()), made)
        except (Refused, ValueError) as error:
            faults.append(RuleFault(place, 1, str(error)))
    return Settled(of, names_of(settings), tuple(notes), tuple(faults))


def names_of(settings: Waf) -> tuple[str, ...]:
    """The exclusions' names, by which metrics and events tell of them."""
    return tuple(entry.name or f"exclusion-{number}" for number, entry in enumerate(settings.exclusions, 1))


def end_of(until: date | None) -> float:
    """The moment from which on an exclusion is no longer in force: the midnight (UTC) that ends its last day."""
    if until is None:
        return inf
    return datetime.combine(until + timedelta(days=1), time(), UTC).timestamp()


def endings(settings: Waf, now: float) -> list[str]:
    """What to say of exclusions that have ended, or will within a week."""
    told = []
    for name, entry in zip(names_of(settings), settings.exclusions, strict=True):
        end = end_of(entry.until)
        if end <= now:
            told.append(f"the exclusion {name} ended on {entry.until}; its rules act again, and it can be taken out")
        elif end <= now + SOON.total_seconds():
            told.append(f"the exclusion {name} ends on {entry.until}; after that day its rules act again")
    return told


def _bound(
    entry: Settings, name: str, rules: Sequence[Rule], chains: Sequence[ChainRule], notes: list[Note], place: str
) -> Iterator[tuple[Rule | ChainRule, Exclusion]]:
    ids = {str(rule) for rule in entry.rules}
    tags = set(entry.tags)
    spares = tuple(spared(target) for target in entry.targets)
    own = tuple(each for each in spares if each.labels)
    left_out = tuple(each for one in spares for each in one.left_out)
    _tell_unknown(entry, rules, chains, notes, place)
    routes = frozenset(entry.routes) or None
    paths = PathPatterns(entry.paths) if entry.paths else None
    methods = frozenset(method.encode() for method in entry.methods) or None
    accounts = frozenset(entry.accounts) or None
    every: list[Rule | ChainRule] = [*rules, *chains]
    for rule in every:
        named = rule.id in ids
        if not named and tags.isdisjoint(rule.tags):
            continue
        usable = own if isinstance(rule, Rule) else left_out
        if spares and not usable:
            if named:
                raise Refused(_in_other_words(rule, entry.targets))
            continue
        if accounts is not None and _answers(rule):
            text = f"{name} is for some accounts, but {rule.id} looks at answers, which are kept for all; it goes on being asked"
            notes.append(Note(Place(place, 1), text))
            continue
        yield rule, Exclusion(name, spares, left_out, routes, paths, methods, accounts, end_of(entry.until))


def _in_other_words(rule: Rule | ChainRule, targets: Iterable[str]) -> str:
    written = ", ".join(targets)
    if isinstance(rule, Rule):
        return f"{rule.id} is no SecLang rule and knows no {written}; write targets such as http.request.json.values:data.title"
    return f"{rule.id} is a SecLang rule, which has no word for {written}; write targets such as ARGS:title"


def _answers(rule: Rule | ChainRule) -> bool:
    """Whether a rule looks at responses."""
    if not isinstance(rule, Rule):
        return rule.phase in (Phase.RESPONSE_HEAD, Phase.RESPONSE_BODY)
    phases = {source.phase for term in rule.terms for source in term.target.sources}
    return not phases.isdisjoint((Phase.RESPONSE_HEAD, Phase.RESPONSE_BODY))


def _tell_unknown(entry: Settings, rules: Sequence[Rule], chains: Sequence[ChainRule], notes: list[Note], place: str) -> None:
    every: list[Rule | ChainRule] = [*rules, *chains]
    ids = {rule.id for rule in every}
    tags = {tag for rule in every for tag in rule.tags}
    told = [unknown("rule", str(rule), ids) for rule in entry.rules if str(rule) not in ids]
    told += [unknown("tag", tag, tags) for tag in entry.tags if tag not in tags]
    notes += [Note(Place(place, 1), text) for text in told]
