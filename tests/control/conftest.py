from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.state import State, WorkerState

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.fixture
def state() -> State:
    """An edge at work: this process plays the supervisor and both workers."""
    workers = (WorkerState(os.getpid(), 1, ready=True), WorkerState(os.getpid(), 1, ready=True))
    return State(os.getpid(), "1.2", 1.7e9, "rules", "config", 2, workers, reload_at=1.7e9, reload_ok=True, rules=12)
