"""Runs tests one after the other and holds what comes of each to what it expects, and to the overrides where it does not."""

from __future__ import annotations

from fnmatch import fnmatchcase
from time import perf_counter
from typing import TYPE_CHECKING

from edgeguard.conformance.client import request_bytes
from edgeguard.conformance.edge import Edge
from edgeguard.conformance.ftw_format import read_cases
from edgeguard.conformance.in_process import send
from edgeguard.conformance.judge import faults
from edgeguard.conformance.origin import ReflectingOrigin
from edgeguard.conformance.overrides import read_overrides
from edgeguard.conformance.report import Report, Result
from edgeguard.conformance.settings import PARANOIA, ruleset_for, waf_settings
from edgeguard.conformance.through_edge import Logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from edgeguard.config.model import Waf
    from edgeguard.conformance.cases import Case, Expectation, Outcome
    from edgeguard.conformance.overrides import Override, Place
    from edgeguard.waf import Ruleset

    Send = Callable[[bytes, Expectation], Outcome]


def run(
    tests: Path,
    crs: Path,
    *,
    setup: Path | None = None,
    overrides: Sequence[Path] = (),
    paranoia: int = PARANOIA,
    only: Sequence[str] = (),
    wire: bool = False,
) -> Report:
    """Run the tests below `tests` against the Core Rule Set in `crs`.

    Args:
        tests: a folder of tests, or one file.
        crs: the folder that has its rules.
        setup: its `crs-setup.conf`, where that lies elsewhere.
        overrides: files of what is known to come out otherwise.
        paranoia: the level at which all rules are asked.
        only: ids of rules or tests, or globs over them; empty runs all.
        wire: send through a running edge, not to the rules directly.

    Raises:
        FormatError: tests or overrides can't be read.
        RulesError: the rule set does not load.
        EdgeFailed: the edge does not start.
        OSError: a file can't be read.
    """
    cases = chosen(read_cases(tests), only)
    known = [override for file in overrides for override in read_overrides(file)]
    if not cases:
        return Report()
    if wire:
        return run_on_wire(waf_settings(crs, setup=setup, paranoia=paranoia), cases, known)
    return run_in_process(ruleset_for(crs, setup=setup, paranoia=paranoia), cases, known)


def chosen(cases: Iterable[Case], only: Sequence[str]) -> list[Case]:
    """The tests whose id, or whose rule's, is among `only`."""
    return [case for case in cases if not only or any(_names(case.id, name) for name in only)]


def run_in_process(ruleset: Ruleset, cases: Iterable[Case], overrides: Sequence[Override] = ()) -> Report:
    """Run tests against rules directly."""
    started = perf_counter()
    outcomes = [(case, _outcomes(case, lambda sent, expected: send(ruleset, sent, expected))) for case in cases]
    return _report(outcomes, overrides, "in-process", started)


def run_on_wire(waf: Waf, cases: Iterable[Case], overrides: Sequence[Override] = ()) -> Report:
    """Run tests through an edge with these settings, started for the purpose, before an origin that reflects.

    Raises:
        EdgeFailed: the edge does not start.
    """
    with ReflectingOrigin() as origin, Edge(waf, origin.url) as edge:
        started = perf_counter()

        def send_one(sent: bytes, expected: Expectation) -> Outcome:
            return edge.send_incomplete(sent) if expected.expect_error else edge.send(sent)

        answered = [(case, _outcomes(case, send_one)) for case in cases]
        edge.stop()
        logs = Logs(edge.access_log, edge.event_log)
    outcomes = [(case, list(map(logs.complete, answers))) for case, answers in answered]
    return _report(outcomes, overrides, "wire", started)


def _report(
    outcomes: Iterable[tuple[Case, list[Outcome]]], overrides: Sequence[Override], place: Place, started: float
) -> Report:
    needed: set[Override] = set()
    results = tuple(judged(case, found, overrides, place, needed) for case, found in outcomes)
    stale = tuple(item for item in overrides if item.where in ("both", place) and item not in needed)
    return Report(results, stale, perf_counter() - started)


def judged(case: Case, outcomes: Sequence[Outcome], overrides: Sequence[Override], place: Place, needed: set[Override]) -> Result:
    """What came of a test; overrides that it needs are added to `needed`."""
    result = Result(case, "passed", len(outcomes), outcomes[-1])
    for number, (stage, outcome) in enumerate(zip(case.stages, outcomes, strict=True), start=1):
        wrong = tuple(faults(stage.output, outcome))
        if not wrong:
            continue
        covering = [override for override in overrides if override.covers(case.id, number, place)]
        override = next((item for item in covering if item.expect is None or not faults(item.expect, outcome)), None)
        needed.update(covering if override is None else [override])
        if override is None:
            return Result(case, "failed", number, outcome, wrong)
        result = Result(case, "explained", number, outcome, wrong, override.reason)
    return result


def _outcomes(case: Case, send_one: Send) -> list[Outcome]:
    outcomes: list[Outcome] = []
    location = ""
    for stage in case.stages:
        outcome = send_one(request_bytes(stage.input, location), stage.output)
        location = outcome.location
        outcomes.append(outcome)
    return outcomes


def _names(case: str, name: str) -> bool:
    return fnmatchcase(case, name) or case.startswith(f"{name}-")
