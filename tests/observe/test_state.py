from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.state import State, WorkerState, is_alive, read_state, state_path, write_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def test_reads_back_as_written(runtime: Path) -> None:
    state = State(7, "1.2", 1.5, "r", "c", 2, (WorkerState(8, 1, ready=True),), 3)
    state = replace(state, draining=True, reload_at=9.5, reload_ok=True, reload_error="line 3: no such key", rules=12)
    write_state(runtime, state)
    assert read_state(runtime) == state


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"supervisor": 1', b'{"workers": [], "strange": 1}'])
def test_what_is_no_state_reads_as_none(content: bytes, runtime: Path) -> None:
    assert read_state(runtime) is None
    state_path(runtime).write_bytes(content)
    assert read_state(runtime) is None


def test_a_reader_never_sees_half_a_state(runtime: Path, fork: Callable[..., Any]) -> None:
    write_state(runtime, State(0, "x", 0.0))

    def work() -> None:
        for number in range(2000):
            write_state(runtime, State(number, "x" * number, 0.0))

    writer = fork(work, wait=False)
    while not writer.is_done():
        seen = read_state(runtime)
        assert seen is not None
        assert len(seen.version) == seen.supervisor or seen.supervisor == 0


def test_workers_whose_process_is_gone_do_not_live(fork: Callable[..., Any]) -> None:
    child = fork(lambda: None)
    child.end()
    mine, gone = WorkerState(os.getpid(), 1, ready=True), WorkerState(child.pid, 1, ready=True)
    assert State(1, "0", 0.0, workers=(mine, gone)).living().workers == (mine,)
    assert is_alive(1), "a process of another user counts"
