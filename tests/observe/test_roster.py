from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

from edgeguard.observe.roster import NAME_CHARACTERS, Roster, read_roster, roster_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def test_first_come_first_served_then_closed(runtime: Path) -> None:
    roster = Roster(roster_path(runtime, "accounts"), 2)
    assert [roster.label(name) for name in ("a", "b", "c", "a")] == ["#0", "#1", "other", "#0"]
    assert roster.full
    assert read_roster(roster_path(runtime, "accounts")) == ["a", "b"]


def test_all_workers_give_a_name_the_same_label(runtime: Path, fork: Callable[..., Any]) -> None:
    path = roster_path(runtime, "accounts")
    mine = Roster(path, 8)
    fork(lambda: [Roster(path, 8).label(name) for name in ("theirs", "both")])
    assert mine.label("both") == "#1"
    assert mine.label("mine") == "#2"
    assert mine.labels == {"theirs": "#0", "both": "#1", "mine": "#2"}


def test_workers_that_race_give_out_each_slot_once(runtime: Path, fork: Callable[..., Any]) -> None:
    path = roster_path(runtime, "accounts")

    def work(worker: int) -> Callable[[], None]:
        def run() -> None:
            roster = Roster(path, 40)
            for number in range(30):
                while roster.label(f"{worker}-{number}") == "other" and not roster.full:
                    pass

        return run

    for child in [fork(work(worker), wait=False) for worker in range(3)]:
        child.wait_done()
    names = read_roster(path)
    assert len(names) == len(set(names)) == 40


def test_a_taken_lock_turns_a_name_away_for_now(runtime: Path) -> None:
    path = roster_path(runtime, "accounts")
    roster = Roster(path, 8)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert roster.label("a") == "other"
    assert roster.label("a") == "#0"


def test_some_slots_can_be_kept_for_others(runtime: Path) -> None:
    roster = Roster(roster_path(runtime, "accounts"), 4)
    assert [roster.label(name, keep_free=2) for name in "abc"] == ["#0", "#1", "other"]
    assert roster.label("c") == "#2"


def test_names_that_no_label_can_hold_are_others(runtime: Path) -> None:
    roster = Roster(roster_path(runtime, "accounts"), 8)
    for name in ("", "a\nb", "#1", "x" * (NAME_CHARACTERS + 1)):
        assert roster.label(name) == "other"
    assert roster.label("x" * NAME_CHARACTERS) == "#0"


def test_no_slots_at_all(runtime: Path) -> None:
    assert Roster(roster_path(runtime, "accounts"), 0).label("a") == "other"
    assert not roster_path(runtime, "accounts").exists()
