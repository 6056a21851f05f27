from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edgeguard.control.readiness import details, obstacles
from edgeguard.observe.state import WorkerState

if TYPE_CHECKING:
    from typing import Any

    from edgeguard.observe.state import State


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that is no more."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_ready_when_nothing_stands_against_it(state: State) -> None:
    assert obstacles(state) == []


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"draining": True}, "draining"),
        ({"config": ""}, "no configuration loaded"),
        ({"ruleset": ""}, "no ruleset loaded"),
        ({"workers": ()}, "0 of 2 workers ready"),
    ],
)
def test_each_obstacle_is_named(change: dict[str, Any], obstacle: str, state: State) -> None:
    assert obstacles(replace(state, **change)) == [obstacle]


def test_no_state_at_all() -> None:
    assert obstacles(None) == ["the supervisor has not told its state"]
    assert details(None) == {"ready": False, "obstacles": ["the supervisor has not told its state"]}


def test_a_supervisor_that_is_gone(state: State, gone: int) -> None:
    assert obstacles(replace(state, supervisor=gone)) == ["the supervisor is gone"]


def test_half_of_the_workers_suffice(state: State, gone: int) -> None:
    alive, dead = WorkerState(os.getpid(), 1, ready=True), WorkerState(gone, 1, ready=True)
    starting = WorkerState(os.getpid(), 1, ready=False)
    assert obstacles(replace(state, wanted=4, workers=(alive, alive, dead, starting))) == []
    assert obstacles(replace(state, wanted=4, workers=(alive, dead, dead, starting))) == ["1 of 4 workers ready"]
    assert obstacles(replace(state, wanted=0, workers=())) == ["0 of 0 workers ready"]


def test_a_failed_reload_is_told_and_no_obstacle(state: State) -> None:
    answer = details(replace(state, reload_ok=False, reload_error="rules/a.yaml line 3: unknown key"))
    assert answer["ready"]
    assert answer["reload"] == {"at": "2023-11-14T22:13:20+00:00", "ok": False, "error": "rules/a.yaml line 3: unknown key"}
    assert (answer["ruleset"]["digest"], answer["ruleset"]["rules"]) == ("rules", 12)
    assert answer["workers"]["list"] == [{"pid": os.getpid(), "generation": 1, "ready": True}] * 2


def test_the_version_in_force_is_told_with_its_reason(state: State) -> None:
    told = replace(state, number=7, since=1.7e9, why="rollback", by="somebody", pinned=True, watching=True)
    assert details(told)["ruleset"] == {
        "digest": "rules",
        "rules": 12,
        "version": 7,
        "since": "2023-11-14T22:13:20+00:00",
        "why": "rollback",
        "by": "somebody",
        "pinned": True,
        "watching": True,
    }
