from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.server.fleet import READY, Fleet

if TYPE_CHECKING:
    from collections.abc import Iterator


def serve(_: int, pipe: int) -> int:
    os.write(pipe, READY)
    signal.pause()
    return 0


def sleep(_: int, __: int) -> int:
    signal.pause()
    return 0


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    made = Fleet()
    yield made
    for child in made:
        made.signal(child, signal.SIGKILL)
        os.waitpid(child.pid, 0)
        made.remove(child.pid)


def hear(fleet: Fleet) -> None:
    readable, _, _ = select.select(fleet.starting(), [], [], 10)
    fleet.hear(readable)


def test_a_worker_is_ready_once_it_says_so(fleet: Fleet) -> None:
    assert fleet.next_number == 1
    child = fleet.spawn(1, serve)
    assert (child.number, child.ready, fleet.ready(1), fleet.next_number) == (1, False, 0, 2)
    assert (fleet.find(1), fleet.find(2), fleet.pipes) == (child, None, [child.pipe])
    hear(fleet)
    assert (child.ready, fleet.ready(1), fleet.ready(2), fleet.starting()) == (True, 1, 0, [])
    assert repr(fleet) == f"Fleet({child.pid}/g1:ready)"


def test_one_that_ends_before_is_not_ready(fleet: Fleet) -> None:
    child = fleet.spawn(1, lambda *_: 0)
    hear(fleet)
    assert not child.ready
    os.waitpid(child.pid, 0)
    assert fleet.remove(child.pid) is child
    assert len(fleet) == 0


def test_asked_to_leave_it_counts_no_more_and_is_asked_once(fleet: Fleet) -> None:
    child = fleet.spawn(1, serve)
    hear(fleet)
    fleet.ask_to_leave(child, 10)
    first = child.kill_at
    fleet.ask_to_leave(child, 99)
    assert (child.kill_at, fleet.ready(1), child.leaving) == (first, 0, True)
    assert os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1]) == -signal.SIGTERM
    fleet.signal(child, signal.SIGTERM)  # it is gone; nobody minds
    fleet.remove(child.pid)


def test_overdue_ones_are_killed(fleet: Fleet) -> None:
    slow, leaving, good = fleet.spawn(1, sleep), fleet.spawn(1, serve), fleet.spawn(1, serve)
    while not (leaving.ready and good.ready):
        hear(fleet)
    leaving.kill_at = time.monotonic() - 1
    slow.started -= 60
    assert fleet.kill_overdue(30) == [slow, leaving]
    for child in (slow, leaving):
        assert os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1]) == -signal.SIGKILL
        fleet.remove(child.pid)
    assert list(fleet) == [good]


def test_a_stranger_is_no_worker(fleet: Fleet) -> None:
    assert fleet.remove(1) is None
