from __future__ import annotations

import pytest

from edgeguard.observe.schema import SCHEMA, Metric

RESERVED = {"le", "quantile", "job", "instance"}


@pytest.mark.parametrize("metric", SCHEMA, ids=lambda metric: metric.name)
def test_follows_the_naming_rules_of_prometheus(metric: Metric) -> None:
    assert metric.name.startswith("edgeguard_")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert metric.name.endswith("_info") == (metric.kind == "info")
    assert not metric.unit or f"_{metric.unit}" in metric.name
    assert metric.help.endswith(".")
    assert not RESERVED & {label.name for label in metric.labels}


@pytest.mark.parametrize("metric", SCHEMA, ids=lambda metric: metric.name)
def test_buckets_belong_to_histograms_and_ascend(metric: Metric) -> None:
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))


def test_names_are_unique() -> None:
    assert len({metric.name for metric in SCHEMA}) == len(SCHEMA)


def test_every_counted_label_is_bounded() -> None:
    assert [
        (metric.name, label.name)
        for metric in SCHEMA
        if metric.cells
        for label in metric.labels
        if not (label.values or label.known or label.roll)
    ] == []
