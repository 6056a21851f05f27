from __future__ import annotations

from edgeguard.dynamic.table import LOOK, Table
from edgeguard.dynamic.window import Window


def test_a_flood_of_newcomers_does_not_push_out_who_counts_much() -> None:
    window = Window(60)
    table = Table(window, 100)
    window.add(table.counter("attacker", 1000.0), 1000.0, 50)
    for number in range(20_000):
        window.add(table.counter(f"other {number}", 1000.0 + number / 1000), 1000.0 + number / 1000)
    assert len(table) <= 100
    counter = table.get("attacker")
    assert counter is not None
    assert window.total(counter, 1020.0) == 50
    assert table.evicted > 0


def test_empty_windows_go_first() -> None:
    window = Window(8)
    table = Table(window, LOOK)
    for number in range(LOOK):
        window.add(table.counter(str(number), 1000.0), 1000.0, 9)
    table.counter("new", 2000.0)
    assert (len(table), table.evicted) == (1, 0)


def test_what_was_reset_counts_from_nothing() -> None:
    window = Window(8)
    table = Table(window, LOOK)
    window.add(table.counter("a", 1000.0), 1000.0, 9)
    table.reset("a")
    table.reset("never seen")
    assert window.add(table.counter("a", 1000.0), 1000.0) == 1
