from __future__ import annotations

from pathlib import Path

from edgeguard.observe.manual import markdown
from edgeguard.observe.schema import SCHEMA

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run `python -m edgeguard.observe.manual > docs/metrics.md`"


def test_every_metric_has_a_row() -> None:
    rows = [line.split("`")[1] for line in markdown().splitlines() if line.startswith("| `")]
    assert rows == [metric.name for metric in SCHEMA]
