from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.server.history import History, Pin
from edgeguard.server.watch import LOOK_SECONDS, MOST_SECONDS, SETTLED_SECONDS, Watch
from edgeguard.waf import rule_files
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    from pathlib import Path


class Desk:
    """A watch over a folder, with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 100.0
        self.history = History(folder / "history")
        (folder / "history").mkdir()
        (folder / "rules").mkdir()
        self.write("one.yaml", "one")
        self.watch = Watch(lambda: self.now)
        self.follow()

    def write(self, name: str, text: str) -> None:
        (self.folder / "rules" / name).write_text(text)

    def follow(self) -> None:
        with Reading() as reading:
            for file in rule_files.below(self.folder / "rules", (".yaml",)):
                rule_files.content(file)
        self.watch.follow(reading, self.history)

    def after(self, seconds: float) -> str | None:
        self.now += seconds
        order = self.watch.due()
        return None if order is None else f"{order.why}: {order.by}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_is_due_while_nothing_changes(desk: Desk) -> None:
    assert [desk.after(LOOK_SECONDS) for _ in range(5)] == [None] * 5


def test_a_change_is_taken_up_once_it_has_kept_still(desk: Desk) -> None:
    desk.write("one.yaml", "other")
    assert desk.after(LOOK_SECONDS / 2) is None  # it is not time to look
    assert desk.after(LOOK_SECONDS / 2) is None
    assert desk.after(SETTLED_SECONDS) == "watch: one.yaml"


def test_who_goes_on_writing_is_waited_for_but_not_for_ever(desk: Desk) -> None:
    told = []
    desk.after(LOOK_SECONDS)
    turns = int((MOST_SECONDS + LOOK_SECONDS) / SETTLED_SECONDS) + 3
    for turn in range(turns):
        desk.write("one.yaml", "x" * turn)
        told.append(desk.after(SETTLED_SECONDS))
    assert told.count("watch: one.yaml") == 1
    assert told.index("watch: one.yaml") > turns / 2


def test_a_new_file_and_one_that_is_gone_are_changes(desk: Desk) -> None:
    desk.write("two.yaml", "two")
    desk.after(LOOK_SECONDS)
    assert desk.after(SETTLED_SECONDS) == "watch: files added or removed"
    desk.follow()
    (desk.folder / "rules" / "two.yaml").unlink()
    desk.after(LOOK_SECONDS)
    assert desk.after(SETTLED_SECONDS) == "watch: two.yaml"


def test_what_is_written_anew_and_the_same_is_no_change(desk: Desk) -> None:
    desk.write("one.yaml", "one")
    assert [desk.after(LOOK_SECONDS), desk.after(SETTLED_SECONDS), desk.after(LOOK_SECONDS)] == [None] * 3


def test_a_swapped_link_is_a_change(desk: Desk) -> None:
    """As Kubernetes brings a ConfigMap up to date."""
    rules = desk.folder / "rules"
    (rules / "one.yaml").unlink()
    for name in ("..1", "..2"):
        (rules / name).mkdir()
        (rules / name / "one.yaml").write_text(name)
    (rules / "..data").symlink_to("..1")
    (rules / "one.yaml").symlink_to("..data/one.yaml")
    desk.follow()
    assert desk.after(LOOK_SECONDS) is None
    (rules / "..data_tmp").symlink_to("..2")
    (rules / "..data_tmp").rename(rules / "..data")
    desk.after(LOOK_SECONDS)
    assert desk.after(SETTLED_SECONDS) == "watch: one.yaml"


def test_a_pin_is_an_order_and_so_is_its_end_even_where_no_file_is_watched(desk: Desk) -> None:
    desk.watch.follow(None, desk.history)
    assert not desk.watch.watching
    desk.history.set_pin(Pin(3, "somebody", 0.0, "", {}))
    assert desk.after(LOOK_SECONDS) == "rollback: somebody"
    desk.watch.follow(None, desk.history)
    assert desk.after(LOOK_SECONDS) is None
    desk.history.unpin()
    assert desk.after(LOOK_SECONDS) == "release: "


def test_a_pin_that_was_set_meanwhile_stays(desk: Desk) -> None:
    assert not desk.watch.let_go()
    desk.history.set_pin(Pin(3, "somebody", 0.0, "", {}))
    assert not desk.watch.let_go()
    assert desk.history.pin() is not None
    desk.follow()
    assert desk.watch.let_go()
    assert desk.history.pin() is None
    assert desk.after(LOOK_SECONDS) is None


def test_it_says_when_to_look_next(desk: Desk) -> None:
    assert desk.watch.wait == pytest.approx(LOOK_SECONDS)
    desk.now += 10
    assert 0 < desk.watch.wait < 0.1
