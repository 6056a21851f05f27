"""What rules cost on a sample of requests: how long each is evaluated, and how long the gate looks at each list of values.

Measured by transactions of its own that hold a watch; those that serve requests have none. Every request is sent twice: once with
watches, by a ruleset that has seen nothing yet, which tells where time goes; then once without, which tells how long it takes
when what repeats is remembered, as it is in an edge that has run for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter_ns, time
from typing import TYPE_CHECKING, Any

from edgeguard.waf.asking import Asking
from edgeguard.waf.evaluate import Evaluation
from edgeguard.waf.explain.run import still
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.explain.run import Read
    from edgeguard.waf.lanes import Count, Found, Member
    from edgeguard.waf.model import Rule
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.spared import Spared
    from edgeguard.waf.targets.seclang.selection import Exclusion


@dataclass(slots=True)
class RuleCost:
    """One rule: how often it was asked, how often it held, and for how long it was evaluated."""

    id: str
    asked: int = 0
    held: int = 0
    nanoseconds: int = 0


@dataclass(slots=True)
class ListCost:
    """One list of values: how often the gate was asked about it, and for how long."""

    name: str
    asked: int = 0
    nanoseconds: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """Engine time of a request, microseconds."""

    p50: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured.

    Attributes:
        rules, lists: the dearest first.
        first: engine time where nothing was remembered; with watches, which take some of it.
        again: engine time where the same requests had come before.
        blocked: requests that would be blocked.
    """

    requests: int
    blocked: int
    rules: tuple[RuleCost, ...]
    lists: tuple[ListCost, ...]
    first: Times
    again: Times


class _Watch:
    """Where times are written down."""

    def __init__(self) -> None:
        self.rules: dict[str, RuleCost] = {}
        self.lists: dict[str, ListCost] = {}

    def rule(self, name: str, began: int, *, held: bool) -> None:
        cost = self.rules.setdefault(name, RuleCost(name))
        cost.asked += 1
        cost.held += held
        cost.nanoseconds += perf_counter_ns() - began

    def list(self, name: str, began: int) -> None:
        cost = self.lists.setdefault(name, ListCost(name))
        cost.asked += 1
        cost.nanoseconds += perf_counter_ns() - began


def _machines(watch: _Watch) -> type[Machine]:
    """Evaluates as the machine does, and writes down how long."""

    class Watched(Machine):
        __slots__ = ()

        def ask(
            self,
            rule: ChainRule,
            base: Mapping[bytes, bytes],
            hits: Callable[[ChainLink], set[bytes] | None],
            left_out: Iterable[Exclusion] = (),
        ) -> bool:
            began = perf_counter_ns()
            held = super().ask(rule, base, hits, left_out)
            watch.rule(rule.id, began, held=held)
            return held

    return Watched


def _evaluations(watch: _Watch) -> type[Evaluation]:
    """The same for rules of EdgeGuard's own language."""

    class Watched(Evaluation):
        __slots__ = ()

        def rule(self, rule: Rule, spared: tuple[Spared, ...] = ()) -> tuple[bool, Evidence | None]:
            began = perf_counter_ns()
            held, evidence = super().rule(rule, spared)
            watch.rule(rule.id, began, held=held)
            return held, evidence

    return Watched


def _askings(watch: _Watch) -> type[Asking]:
    """Looks at lists as others do, and writes down how long."""

    class Watched(Asking):
        __slots__ = ()

        def _member(self, member: Member, found: list[Found]) -> None:
            began = perf_counter_ns()
            super()._member(member, found)
            watch.list(member.label, began)

        def _count(self, count: Count, found: list[Found]) -> None:
            began = perf_counter_ns()
            super()._count(count, found)
            watch.list(f"number of {count.label.lstrip('&')}", began)

    return Watched


def _transactions(watch: _Watch) -> type[Transaction]:
    """A transaction with watches at each list and each rule. What it makes is what others make, of a watched class."""
    machines, evaluations, askings = _machines(watch), _evaluations(watch), _askings(watch)

    class Watched(Transaction):
        __slots__ = ()

        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            self._asking.__class__ = askings

        def _evaluation(self) -> Evaluation:
            made = super()._evaluation()
            made.__class__ = evaluations
            return made

        def _begin_chains(self) -> Machine:
            made = super()._begin_chains()
            made.__class__ = machines
            return made

    return Watched


def costs(ruleset: Ruleset, sample: Sequence[Read]) -> Costs:
    """What the requests of `sample` cost.

    Args:
        ruleset: with its gate, and new.
        sample: one request at least.
    """
    watch = _Watch()
    watched = _transactions(watch)
    first = [
        _send(watched(ruleset, each.request, each.client, "shadow", perf_counter_ns, still, time, blind=False), each)
        for each in sample
    ]
    again = [_send(ruleset.transaction(each.request, each.client, "shadow"), each) for each in sample]
    return Costs(
        requests=len(sample),
        blocked=sum(blocked for _, blocked in again),
        rules=tuple(sorted(watch.rules.values(), key=lambda cost: -cost.nanoseconds)),
        lists=tuple(sorted(watch.lists.values(), key=lambda cost: -cost.nanoseconds)),
        first=_times([microseconds for microseconds, _ in first]),
        again=_times([microseconds for microseconds, _ in again]),
    )


def _send(transaction: Transaction, each: Read) -> tuple[float, bool]:
    """Microseconds of engine time, and whether the request would be blocked."""
    verdict = transaction.request_head()
    if each.request.body.length != 0:
        verdict = transaction.request_body(each.content, each.complete)
    return transaction.nanoseconds / 1000, verdict.would_block


def _times(microseconds: Sequence[float]) -> Times:
    if len(microseconds) < 2:
        return Times(microseconds[0], microseconds[0], microseconds[0])
    cuts = quantiles(microseconds, n=100, method="inclusive")
    return Times(cuts[49], cuts[98], max(microseconds))
