"""The reference of all metrics, made from the schema: `python -m edgeguard.observe.manual > docs/metrics.md`."""

from __future__ import annotations

import sys
from typing import Final

from edgeguard.observe.schema import REASON_SLOTS, SCHEMA, Label, Metric

_HEAD: Final = """# Metrics

`GET /metrics` on the admin address gives all of them, as Prometheus text or as OpenMetrics. Figures are sums over all
workers, also over those that died or were replaced by a reload, so that counters never go back while the edge runs.

Every label has a bounded set of values; what is in none of them counts as `other`, which is shown once something does.
A histogram's bounds are in seconds. This file is made from `edgeguard/observe/schema.py`.

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
"""


_KNOWN: Final = {
    "rules": "ids of rules",
    "packs": "packs, which are names of rule files",
    "exclusions": "names of `waf.exclusions`",
    "policies": "names of limits",
    "routes": "names of routes",
    "dynamic": "ids of dynamic rules",
}


def markdown() -> str:
    """The whole page."""
    return _HEAD + "".join(f"| `{m.name}` | {m.kind} | {_labels(m)} | {m.help}{_note(m)} |\n" for m in SCHEMA)


def _labels(metric: Metric) -> str:
    return "<br>".join(f"`{label.name}`: {_values(label)}" for label in metric.labels) or "none"


def _values(label: Label) -> str:
    values = [f"`{value}`" for value in label.values]
    if label.known:
        values.append(_KNOWN[label.known])
    if label.roll == "accounts":
        values.append("the first `observe.accounts` accounts")
    if label.roll == "reasons":
        values.append(f"a token of the edge's own, at most {REASON_SLOTS} of them")
    return ", ".join(values) or "one value"


def _note(metric: Metric) -> str:
    if metric.buckets:
        return f" Bounds: {', '.join(f'{bound:g}' for bound in metric.buckets)}."
    return " The worst of all workers." if metric.combine == "min" else ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
