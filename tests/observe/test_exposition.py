from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as text_format

from edgeguard.config.model import Observe
from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.exposition import render
from edgeguard.observe.record import Recorder
from edgeguard.observe.schema import SCHEMA
from edgeguard.observe.state import State, WorkerState, write_state
from edgeguard.observe.totals import retire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from edgeguard.observe.entry import Entry

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def scrape(runtime: Path) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    body, _ = render(runtime, "")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_format(body.decode())
        for sample in family.samples
    }


def of(samples: dict[Any, float], name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


@pytest.fixture
def busy(runtime: Path, cells: Cells, entry: Entry) -> Path:
    """A runtime directory in which a bit of everything happened."""
    recorder = Recorder(cells, None, None, Observe(accounts=4))
    entry.account, entry.account_verified = "acme", True
    entry.phases = [("identify", 0.00003), ("admit", 0.00003)]
    entry.blame, entry.reason = "client", "bad-framing"
    recorder.record(entry)
    cells.put("edgeguard_redis_up", value=1.0)
    workers = (WorkerState(os.getpid(), 2, ready=True), WorkerState(os.getpid(), 1, ready=False))
    write_state(runtime, State(os.getpid(), "1.2", 1.0, "abc", "def", 2, workers, 3, reload_at=1.7e9, reload_ok=True, number=7))
    return runtime


def test_both_formats_hold_every_family_of_the_schema(busy: Path) -> None:
    names = {metric.name.removesuffix("_total").removesuffix("_info") for metric in SCHEMA}
    body, content_type = render(busy, OPEN_METRICS)
    assert content_type.startswith("application/openmetrics-text")
    assert {family.name for family in open_metrics(body.decode())} == names
    body, content_type = render(busy, "text/plain")
    assert content_type.startswith("text/plain")
    assert {family.name.removesuffix("_info") for family in text_format(body.decode())} == names


def test_names_of_slots_are_shown_and_free_slots_are_not(busy: Path) -> None:
    samples = scrape(busy)
    assert of(samples, "edgeguard_account_requests_total", account="acme", verdict="pass") == 1
    assert of(samples, "edgeguard_faults_total", blame="client", reason="bad-framing") == 1
    assert not [value for _, labels in samples for _, value in labels if value.startswith("#")]


def test_histograms_are_cumulative_and_agree_with_their_count(busy: Path) -> None:
    samples = scrape(busy)
    assert of(samples, "edgeguard_phase_seconds_bucket", phase="identify", le="2.5e-05") == 0
    assert of(samples, "edgeguard_phase_seconds_bucket", phase="identify", le="5e-05") == 1
    assert of(samples, "edgeguard_phase_seconds_bucket", phase="identify", le="+Inf") == 1
    assert of(samples, "edgeguard_phase_seconds_count", phase="identify") == 1
    assert of(samples, "edgeguard_phase_seconds_sum", phase="identify") == pytest.approx(0.00003)


def test_the_supervisors_state_is_shown(busy: Path) -> None:
    samples = scrape(busy)
    assert of(samples, "edgeguard_info", version="1.2") == 1
    assert of(samples, "edgeguard_ruleset_info", version="7", digest="abc") == 1
    assert of(samples, "edgeguard_ruleset_pinned") == 0
    assert of(samples, "edgeguard_reloads_total", result="refused") == 0
    assert of(samples, "edgeguard_config_info", digest="def") == 1
    assert of(samples, "edgeguard_last_reload_timestamp_seconds") == 1.7e9
    assert of(samples, "edgeguard_last_reload_success") == 1
    assert of(samples, "edgeguard_workers", state="wanted") == 2
    assert of(samples, "edgeguard_workers", state="ready") == 1
    assert of(samples, "edgeguard_worker_restarts_total") == 3
    assert of(samples, "edgeguard_worker_memory_bytes", worker="0") > 1_000_000


def test_before_anything_ran_there_are_families_without_samples(runtime: Path) -> None:
    assert scrape(runtime) == {("edgeguard_metric_files_unreadable", frozenset()): 0.0}


def test_redis_is_absent_where_no_worker_speaks_of_it(cells: Cells, runtime: Path) -> None:
    assert ("edgeguard_redis_up", frozenset()) not in scrape(runtime)
    cells.put("edgeguard_redis_up", value=0.0)
    assert of(scrape(runtime), "edgeguard_redis_up") == 0


def test_counters_of_replaced_workers_stay_under_their_accounts(
    runtime: Path, layout: Any, entry: Entry, fork: Callable[..., Any]
) -> None:
    def work(number: int) -> Callable[[], None]:
        def run() -> None:
            recorder = Recorder(Cells(cells_path(runtime, number), layout), None, None, Observe(accounts=4))
            entry.account_verified = True
            for account in ("acme", f"only-{number}"):
                entry.account = account
                recorder.record(entry)

        return run

    for number in range(3):
        fork(work(number))
        if number < 2:
            retire(cells_path(runtime, number), layout)
    samples = scrape(runtime)
    assert of(samples, "edgeguard_account_requests_total", account="acme", verdict="pass") == 3
    assert of(samples, "edgeguard_account_requests_total", account="only-0", verdict="pass") == 1
    assert of(samples, "edgeguard_requests_total", **{"class": "2xx", "verdict": "pass"}) == 6


def test_an_account_called_other_joins_the_others(busy: Path, cells: Cells, entry: Entry) -> None:
    recorder = Recorder(cells, None, None, Observe(accounts=4))
    entry.account, entry.account_verified = "other", True
    recorder.record(entry)
    for account in ("b", "c", "d", "e"):
        entry.account = account
        recorder.record(entry)
    assert of(scrape(busy), "edgeguard_account_requests_total", account="other", verdict="pass") == 3


def test_label_values_cannot_break_the_format(runtime: Path, cells: Cells, entry: Entry) -> None:
    recorder = Recorder(cells, None, None, Observe(accounts=4))
    entry.account, entry.account_verified = 'a"} 1\\', True
    recorder.record(entry)
    assert of(scrape(runtime), "edgeguard_account_requests_total", account='a"} 1\\', verdict="pass") == 1
