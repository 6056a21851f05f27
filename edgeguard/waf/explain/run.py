"""Sends one request through a ruleset, to its end or as the edge would, with some rules or targets left out if so wanted."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.actions.effect import Removal
from edgeguard.waf.dials import DEFAULT
from edgeguard.waf.exclusions import Exclusion
from edgeguard.waf.explain.trace import Trace
from edgeguard.waf.seclang.variable_list import variable_list
from edgeguard.waf.spared import spared
from edgeguard.waf.targets.seclang.selection import exclusion
from edgeguard.waf.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgeguard.message import Client, Request
    from edgeguard.waf.explain.trace import Found
    from edgeguard.waf.model import Verdict
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.machine import Machine
    from edgeguard.waf.seclang.syntax import SecRule


@dataclass(frozen=True, slots=True)
class Read:
    """A request that was read.

    Attributes:
        complete: False where less came than its framing promised.
    """

    request: Request
    content: bytes
    complete: bool
    client: Client


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """A rule that is left out: of one target, or altogether where there is none."""

    rule: str
    target: str = ""
    language: Literal["seclang", "edgeguard"] = "seclang"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request.

    Attributes:
        found: every rule that held, with all that is known of it.
        variables: of TX at the end, by lower-case name; empty where no SecLang rule held.
    """

    verdict: Verdict
    found: tuple[Found, ...]
    variables: Mapping[bytes, bytes]


class _Without(Transaction):
    """A transaction that leaves SecLang rules and targets out."""

    __slots__ = ("removals",)

    removals: list[Removal]

    def _begin_chains(self) -> Machine:
        machine = super()._begin_chains()
        machine.removals += self.removals
        return machine


def run(
    ruleset: Ruleset,
    read: Read,
    texts: Mapping[int, SecRule],
    *,
    stops: bool = False,
    without: Sequence[Pair] = (),
    route: str = DEFAULT,
) -> Outcome:
    """What `ruleset` makes of a request, in whatever time it takes.

    Args:
        ruleset: with or without a gate.
        read: the request.
        texts: SecLang rules as they were read, by number.
        stops: as the edge does it, where the first block is the end; else all rules are asked.
        without: what is left out, beside the configuration's own exclusions.
        route: the one that the request takes.
    """
    mode: Literal["enforce", "shadow"] = "enforce" if stops else "shadow"
    trace = Trace(texts)
    transaction = _Without(
        ruleset, read.request, read.client, mode, still, still, time, blind=False, observer=trace, route=route,
        stance=ruleset.stances.get(route), exclusions=_with(ruleset.exclusions, without),
    )  # fmt: skip
    trace.seen = transaction.seen
    transaction.removals = [_removal(pair) for pair in without if pair.language == "seclang"]
    verdict = transaction.request_head()
    if not verdict.blocked and read.request.body.length != 0:
        transaction.request_body(read.content, read.complete)
    verdict = transaction.finish()
    return Outcome(verdict, tuple(trace.found), {} if trace.machine is None else trace.machine.variables())


def _with(exclusions: Mapping[str, tuple[Exclusion, ...]], without: Sequence[Pair]) -> Mapping[str, tuple[Exclusion, ...]]:
    """Exclusions with those pairs that are about EdgeGuard's own rules."""
    made = dict(exclusions)
    for pair in without:
        if pair.language == "edgeguard":
            one = Exclusion("tried", (spared(pair.target),) if pair.target else ())
            made[pair.rule] = (*made.get(pair.rule, ()), one)
    return made


def _removal(pair: Pair) -> Removal:
    number = int(pair.rule)
    left_out = tuple(exclusion(variable) for variable in variable_list(pair.target)) if pair.target else ()
    return Removal(ids=((number, number),), exclusions=left_out)


def still() -> int:
    """Time stands still, so that no budget is spent."""
    return 0
