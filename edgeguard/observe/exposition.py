"""The metrics as Prometheus reads them: the schema's table filled with `totals` and with the supervisor's state."""

from __future__ import annotations

import itertools
import math
import os
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from edgeguard.observe.roster import read_roster, roster_path
from edgeguard.observe.schema import OTHER, SCHEMA, Metric
from edgeguard.observe.state import read_state
from edgeguard.observe.totals import read_totals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prometheus_client.metrics_core import Metric as Family

    from edgeguard.observe.layout import Labels
    from edgeguard.observe.state import State

    Samples = list[tuple[Labels, float]]
    Series = list[tuple[Labels, list[float]]]

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class EdgeCollector(Collector):
    """Reads the runtime directory anew at each scrape."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Family]:
        """Every family of the schema, in its order."""
        totals = read_totals(self._runtime)
        rosters = {roll: read_roster(roster_path(self._runtime, roll)) for roll in ("accounts", "reasons")}
        counted: dict[str, Series] = {}
        for (name, labels), values in totals.series.items():
            counted.setdefault(name, []).append((labels, values))
        known = _from_state(read_state(self._runtime), len(totals.unreadable))
        for metric in SCHEMA:
            if not metric.cells:
                yield _plain(metric, known.get(metric.name, []))
                continue
            series = _named(metric, counted.get(metric.name, []), rosters)
            if metric.kind == "histogram":
                yield _histogram(metric, series)
            else:
                yield _plain(metric, [(labels, values[0]) for labels, values in series if not math.isnan(values[0])])


def render(runtime: Path, accept: str) -> tuple[bytes, str]:
    """The exposition and its content type: OpenMetrics where `accept` asks for it, else the text format.

    Args:
        runtime: the runtime directory.
        accept: the Accept field of the scrape; "" where there is none.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(EdgeCollector(runtime))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def _named(metric: Metric, found: Series, rosters: dict[str, list[str]]) -> Series:
    """A metric's series with the owners of slots in place of their numbers; slots that nobody owns are left out."""
    for place, label in enumerate(metric.labels):
        if label.roll:
            owners = {f"#{slot}": owner for slot, owner in enumerate(rosters[label.roll])}
            found = [
                ((*labels[:place], owners.get(labels[place], labels[place]), *labels[place + 1 :]), values)
                for labels, values in found
                if labels[place] in owners or not labels[place].startswith("#")
            ]
    merged: dict[Labels, list[float]] = {}
    for labels, values in found:  # an account may be called `other`
        mine = merged.get(labels)
        merged[labels] = values if mine is None else [a + b for a, b in zip(mine, values, strict=True)]
    return [(labels, values) for labels, values in merged.items() if OTHER not in labels or any(values)]


def _plain(metric: Metric, samples: Samples) -> Family:
    names = [label.name for label in metric.labels]
    family: CounterMetricFamily | GaugeMetricFamily
    if metric.kind == "info":
        info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help)
        for labels, _ in samples:
            info.add_metric([], dict(zip(names, labels, strict=True)))
        return info
    if metric.kind == "counter":
        family = CounterMetricFamily(metric.name, metric.help, labels=names)
    else:
        family = GaugeMetricFamily(metric.name, metric.help, labels=names)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, series: Series) -> Family:
    family = HistogramMetricFamily(metric.name, metric.help, labels=[label.name for label in metric.labels])
    bounds = [*map(floatToGoString, metric.buckets), "+Inf"]
    for labels, values in series:
        *counts, total = values
        family.add_metric(labels, list(zip(bounds, itertools.accumulate(counts), strict=True)), total)
    return family


def _from_state(state: State | None, unreadable: int) -> dict[str, Samples]:
    samples: dict[str, Samples] = {"edgeguard_metric_files_unreadable": [((), float(unreadable))]}
    if state is None:
        return samples
    ready = sum(worker.ready for worker in state.living().workers)
    samples |= {
        "edgeguard_info": [((state.version,), 1.0)],
        "edgeguard_workers": [(("wanted",), float(state.wanted)), (("ready",), float(ready))],
        "edgeguard_worker_restarts_total": [((), float(state.restarts))],
        "edgeguard_ruleset_pinned": [((), float(state.pinned))],
        "edgeguard_reloads_total": [(("done",), float(state.reloads)), (("refused",), float(state.refusals))],
        "edgeguard_last_reload_success": [((), float(state.reload_ok))],
        "edgeguard_last_reload_timestamp_seconds": [((), state.reload_at)],
        "edgeguard_worker_memory_bytes": [
            ((str(place),), float(size)) for place, size in enumerate(map(_memory, _pids(state))) if size
        ],
    }
    if state.ruleset:
        samples["edgeguard_ruleset_info"] = [((str(state.number), state.ruleset), 1.0)]
    if state.config:
        samples["edgeguard_config_info"] = [((state.config,), 1.0)]
    return samples


def _pids(state: State) -> list[int]:
    return [worker.pid for worker in state.workers]


def _memory(pid: int) -> int:
    """Resident bytes of a process; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123 - a fixed name in /proc, read at each scrape
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
