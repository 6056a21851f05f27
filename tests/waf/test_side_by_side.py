from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from edgeguard.waf.side_by_side import side_by_side


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit of tests is a thread, which does no harm here."""
    monkeypatch.setattr(threading, "active_count", lambda: threading.main_thread().is_alive() + len(STARTED))


STARTED: list[threading.Thread] = []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def no_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.mark.parametrize("processes", [None, 1, 2, 4])
def test_every_task_is_done_once(processes: int | None) -> None:
    before = open_files()
    found = side_by_side(lambda task: b"%d" % task * 1000, range(50), processes)
    assert found == {task: b"%d" % task * 1000 for task in range(50)}
    assert open_files() == before
    assert no_children()


def test_large_results_and_empty_ones() -> None:
    found = side_by_side(lambda task: bytes(task % 3 * 400_000), range(9), 3)
    assert {task: len(result) for task, result in found.items()} == {task: task % 3 * 400_000 for task in range(9)}


def test_several_processes_work() -> None:
    def who(_task: int) -> bytes:
        time.sleep(0.02)
        return b"%d" % os.getpid()

    assert len(set(side_by_side(who, range(20), 3).values())) > 1
    assert set(side_by_side(who, range(3), 1).values()) == {b"%d" % os.getpid()}


def test_nothing_to_do() -> None:
    assert side_by_side(lambda _: b"", ()) == {}


def test_results_of_a_dead_process_are_missing() -> None:
    parent = os.getpid()

    def die(task: int) -> bytes:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02)
        return b"%d" % task

    found = side_by_side(die, range(10), 2)
    assert len(found) == 9
    assert no_children()


def test_given_up_it_leaves_no_process() -> None:
    parent = os.getpid()

    def give_up(_task: int) -> bytes:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        time.sleep(60)
        return b""

    before = open_files()
    with pytest.raises(KeyboardInterrupt):
        side_by_side(give_up, range(10), 3)
    assert open_files() == before
    assert no_children()


def test_beside_threads_nothing_is_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    STARTED.append(thread)
    try:
        assert set(side_by_side(lambda _: b"%d" % os.getpid(), range(4), 3).values()) == {b"%d" % os.getpid()}
    finally:
        done.set()
        STARTED.remove(thread)
        thread.join()


def test_without_room_for_a_process_this_one_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError

    before = open_files()
    monkeypatch.setattr(os, "fork", no_room)
    assert side_by_side(lambda task: b"%d" % task, range(4), 3) == {task: b"%d" % task for task in range(4)}
    assert open_files() == before


def test_signals_reach_the_parent_as_before() -> None:
    seen: list[int] = []
    former = signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
    try:
        side_by_side(lambda task: b"%d" % task, range(4), 3)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert seen == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, former)
