from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.roster import Roster, roster_path
from edgeguard.observe.runtime import prepare
from edgeguard.observe.state import State, write_state
from edgeguard.observe.totals import retire

if TYPE_CHECKING:
    from pathlib import Path


def test_a_start_clears_what_an_earlier_one_left_and_nothing_else(tmp_path: Path) -> None:
    runtime = tmp_path / "deep" / "run"
    prepare(runtime)
    layout = Layout.build(Names())
    layout.publish(runtime)
    for number in (1, 2):
        cells = Cells(cells_path(runtime, number), layout)
        cells.add("edgeguard_sent_bytes_total")
    retire(cells.path, layout)
    Roster(roster_path(runtime, "accounts"), 2).label("a")
    write_state(runtime, State(1, "0", 0.0))
    (runtime / "edgeguard.pid").write_text("1")
    prepare(runtime)
    assert [path.name for path in runtime.iterdir()] == ["edgeguard.pid"]


def test_strangers_cannot_look_inside(tmp_path: Path) -> None:
    prepare(tmp_path / "run")
    assert (tmp_path / "run").stat().st_mode & 0o007 == 0
