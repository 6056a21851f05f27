from __future__ import annotations

from pathlib import Path

from edgeguard.clock import ManualClock
from edgeguard.dynamic.book import FILE, Book
from edgeguard.dynamic.engine import by_hand
from edgeguard.dynamic.model import Subject
from edgeguard.message import Client
from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.meters import Meters
from edgeguard.server.watching import Watching, book_path

HELD = Client("203.0.113.5", "203.0.113.5")


def meters(folder: Path) -> Meters:
    return Meters(Cells(cells_path(folder, 1), Layout.build(Names(dynamic=("dyn-scanner",)))))


async def test_a_worker_finds_what_is_in_force_and_says_how_much(blueprint, tmp_path) -> None:
    clock = ManualClock()
    book = Book(tmp_path / FILE, 100)
    book.put([by_hand(Subject("address", "203.0.113.5"), "ban", 60, clock.wall())], clock.wall())
    counted = meters(tmp_path)
    watching = Watching(blueprint({}), tmp_path, 1, counted, clock, None)
    await watching.start()
    assert "dyn-scanner" in watching.dynamic.rules
    assert watching.dynamic.decision(HELD, clock.wall()) is not None
    watching._count(watching._desk.tick(clock.wall()))
    assert counted._cells.values[counted._cells.index("edgeguard_sanctions_in_force", "ban")] == 1
    clock.advance(61)
    watching._count(watching._desk.tick(clock.wall()))
    assert counted._cells.values[counted._cells.index("edgeguard_sanctions_in_force", "ban")] == 0
    await watching.close()


async def test_a_book_that_is_none_leaves_a_worker_alone(blueprint, tmp_path, capsys) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 5000)
    watching = Watching(blueprint({}), tmp_path, 1, meters(tmp_path), ManualClock(), None)
    await watching.start()
    assert watching._book is None
    await watching.close()


def test_where_the_book_lies(tmp_path) -> None:
    assert book_path("auto", tmp_path) == tmp_path / FILE
    assert book_path("/var/lib/x", tmp_path) == Path("/var/lib/x")
