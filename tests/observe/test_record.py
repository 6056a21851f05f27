from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Observe
from edgeguard.observe.layout import width
from edgeguard.observe.record import Recorder
from edgeguard.observe.roster import read_roster, roster_path
from edgeguard.observe.schema import BY_NAME, PHASES
from edgeguard.observe.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from edgeguard.observe.cells import Cells
    from edgeguard.observe.entry import Entry

SETTINGS = Observe(accounts=4)


@pytest.fixture
def recorder(cells: Cells) -> Recorder:
    return Recorder(cells, None, None, SETTINGS)


@pytest.fixture
def counted(cells: Cells) -> Callable[..., dict[tuple[str, ...], float]]:
    """The series of a metric that are not 0; a histogram's value is its count."""

    def read(name: str) -> dict[tuple[str, ...], float]:
        found = {}
        for labels, at in cells.layout.tables[name].items():
            cells_each = width(BY_NAME[name])
            count = sum(cells.values[at : at + max(1, cells_each - 1)])
            if count:
                found[labels] = count
        return found

    return read


def test_every_exchange_counts_by_class_verdict_and_route(recorder: Recorder, entry: Entry, counted: Callable[..., Any]) -> None:
    recorder.record(entry)
    entry.status, entry.verdict, entry.route = 403, "blocked", "api"
    recorder.record(entry)
    entry.status, entry.verdict, entry.route = 0, "strange", "nowhere"
    recorder.record(entry)
    assert counted("edgeguard_requests_total") == {("2xx", "pass"): 1, ("4xx", "blocked"): 1, ("other", "other"): 1}
    assert counted("edgeguard_route_requests_total") == {("default", "2xx"): 1, ("api", "4xx"): 1, ("other", "other"): 1}


def test_times_fall_into_buckets_and_sums(recorder: Recorder, entry: Entry, cells: Cells, counted: Callable[..., Any]) -> None:
    entry.phases = [(name, 1e-5) for name in PHASES] + [("siesta", 100.0)]
    entry.seconds, entry.engine_ns, entry.origin_seconds = 0.004, 30_000, 0.002
    recorder.record(entry)
    assert counted("edgeguard_phase_seconds") == {(name,): 1 for name in (*PHASES, "other")}
    at = cells.index("edgeguard_phase_seconds", "identify")
    assert cells.values[at] == 1, "a bound belongs to its own bucket"
    other = cells.index("edgeguard_phase_seconds", "other")
    last = width(BY_NAME["edgeguard_phase_seconds"]) - 1
    assert (cells.values[other + last - 1], cells.values[other + last]) == (1, 100.0)
    for name, seconds in (("request", 0.004), ("waf", 3e-5), ("origin", 0.002)):
        metric = f"edgeguard_{name}_seconds"
        assert counted(metric) == {(): 1}
        assert cells.values[cells.index(metric) + width(BY_NAME[metric]) - 1] == pytest.approx(seconds)


def test_what_was_not_asked_is_not_counted(recorder: Recorder, entry: Entry, counted: Callable[..., Any]) -> None:
    recorder.record(entry)
    for name in ("edgeguard_waf_seconds", "edgeguard_origin_seconds", "edgeguard_cache_results_total"):
        assert counted(name) == {}


def test_bytes_cache_and_limits(recorder: Recorder, entry: Entry, counted: Callable[..., Any]) -> None:
    entry.bytes_in, entry.bytes_out = 10, 2000
    entry.cache, entry.tier = "hit", "memory"
    entry.limits = [("account", "allow", "memory"), ("address", "refuse", "local"), ("gone", "allow", "redis")]
    recorder.record(entry)
    assert counted("edgeguard_received_bytes_total") == {(): 10}
    assert counted("edgeguard_sent_bytes_total") == {(): 2000}
    assert counted("edgeguard_cache_results_total") == {("hit", "memory"): 1}
    assert counted("edgeguard_limit_decisions_total") == {
        ("account", "allow", "memory"): 1,
        ("address", "refuse", "local"): 1,
        ("other", "allow", "redis"): 1,
    }


def test_matches_policies_and_budget(recorder: Recorder, entry: Entry, counted: Callable[..., Any], hit: Any) -> None:
    entry.matches = [hit(), hit(rule="eg-2", mode="shadow"), hit(rule="unheard-of")]
    entry.policies = [("oversize", "prefix")]
    entry.budget_spent = True
    recorder.record(entry)
    assert counted("edgeguard_rule_matches_total") == {
        ("eg-1", "enforce"): 1,
        ("eg-2", "shadow"): 1,
        ("other", "enforce"): 1,
    }
    assert counted("edgeguard_body_policy_total") == {("oversize", "prefix"): 1}
    assert counted("edgeguard_waf_budget_exceeded_total") == {(): 1}


def test_faults_and_failed_attempts_share_the_roster_of_reasons(
    recorder: Recorder, entry: Entry, counted: Callable[..., Any], runtime: Path
) -> None:
    entry.blame, entry.reason = "origin", "connect-timeout"
    entry.origin_failures = ("reset", "connect-timeout")
    recorder.record(entry)
    assert read_roster(roster_path(runtime, "reasons")) == ["reset", "connect-timeout"]
    assert counted("edgeguard_origin_failures_total") == {("#0",): 1, ("#1",): 1}
    assert counted("edgeguard_faults_total") == {("origin", "#1"): 1}


def account_labels(counted: Callable[..., Any]) -> dict[str, float]:
    return {labels[0]: count for labels, count in counted("edgeguard_account_requests_total").items()}


def test_the_first_accounts_get_labels(recorder: Recorder, entry: Entry, counted: Callable[..., Any]) -> None:
    entry.account_verified = True
    for account in ("a", "b", "c", "d", "e", "f", "a", ""):
        entry.account = account
        recorder.record(entry)
    assert account_labels(counted) == {"anonymous": 1, "#0": 2, "#1": 1, "#2": 1, "#3": 1, "other": 2}


def test_invented_accounts_cannot_crowd_out_real_ones(
    recorder: Recorder, entry: Entry, counted: Callable[..., Any], runtime: Path
) -> None:
    entry.status = 401
    for number in range(50):
        entry.account = f"guess-{number}"
        recorder.record(entry)
    assert read_roster(roster_path(runtime, "accounts")) == []
    entry.status = 200
    for number in range(50):
        entry.account = f"tenant-{number}"
        recorder.record(entry)
    assert read_roster(roster_path(runtime, "accounts")) == ["tenant-0", "tenant-1"]
    entry.account, entry.account_verified = "acme", True
    recorder.record(entry)
    assert account_labels(counted) == {"other": 98, "#0": 1, "#1": 1, "#2": 1}


def test_nothing_a_client_sends_adds_a_series(recorder: Recorder, entry: Entry, cells: Cells) -> None:
    before = {name: len(table) for name, table in cells.layout.tables.items()}
    for number in range(300):
        word = f"w{number}"
        entry.account = entry.route = entry.verdict = entry.cache = entry.tier = entry.blame = entry.reason = word
        entry.status = number
        entry.limits = [(word, word, word)]
        entry.policies = [(word, word)]
        entry.origin_failures = [word]
        entry.phases = [(word, 1.0)]
        recorder.record(entry)
    assert {name: len(table) for name, table in cells.layout.tables.items()} == before
    assert cells.values[cells.index("edgeguard_requests_total", "other", "other")] == 100


def test_lines_go_where_they_belong(cells: Cells, entry: Entry, tmp_path: Path) -> None:
    access, events = Sink(str(tmp_path / "access"), 10), Sink(str(tmp_path / "events"), 10)
    recorder = Recorder(cells, access, events, SETTINGS)
    recorder.record(entry)
    entry.verdict, entry.status = "blocked", 403
    recorder.record(entry)
    access.close()
    events.close()
    assert [json.loads(line)["status"] for line in (tmp_path / "access").read_text().splitlines()] == [200, 403]
    assert [json.loads(line)["event"] for line in (tmp_path / "events").read_text().splitlines()] == ["request_blocked"]
