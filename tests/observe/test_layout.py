from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.layout import Layout, Names, layout_path, width
from edgeguard.observe.schema import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path


def test_every_series_has_cells_of_its_own(layout: Layout) -> None:
    taken = [
        at + offset for name, table in layout.tables.items() for at in table.values() for offset in range(width(BY_NAME[name]))
    ]
    assert sorted(taken) == list(range(layout.size))


def test_two_processes_compute_the_same() -> None:
    names = Names(rules=("a", "b"), policies=("p",))
    assert Layout.build(names) == Layout.build(names)
    assert Layout.build(names).digest != Layout.build(Names(rules=("a", "c"), policies=("p",))).digest


def test_a_published_layout_reads_back_equal(layout: Layout, runtime: Path) -> None:
    assert Layout.read(layout_path(runtime, layout.digest)) == layout


def test_unknown_values_share_the_cell_of_other(layout: Layout) -> None:
    name = "edgeguard_rule_matches_total"
    assert layout.index(name, "eg-1", "enforce") != layout.index(name, "eg-2", "enforce")
    assert layout.index(name, "nobody", "enforce") == layout.index(name, "other", "enforce")
    assert layout.index(name, "eg-1", "strange") == layout.index(name, "eg-1", "other")
    assert len(layout.tables[name]) == 3 * 3, "asking for unknown values must not add any"


def test_a_wrong_number_of_labels_is_a_mistake_of_the_caller(layout: Layout) -> None:
    with pytest.raises(KeyError):
        layout.index("edgeguard_rule_matches_total", "eg-1")
    with pytest.raises(KeyError):
        layout.index("edgeguard_nothing_total")
