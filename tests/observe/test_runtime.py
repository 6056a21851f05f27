from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe import runtime

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runtime.os, "access", lambda *_: False)  # not the machine's own /dev/shm
    monkeypatch.setattr(runtime.tempfile, "gettempdir", lambda: str(tmp_path))
    return tmp_path


def aged(folder: Path) -> Path:
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))
    return folder


def test_a_directory_of_its_own_and_private(home: Path) -> None:
    (first, lock), (second, other) = runtime.make(), runtime.make()
    assert first != second
    assert first.parent == second.parent == home
    assert first.stat().st_mode & 0o077 == 0
    os.close(lock)
    os.close(other)


def test_what_a_killed_supervisor_left_is_removed_at_the_next_start(home: Path) -> None:
    left, lock = runtime.make()
    (left / "cells-1").write_bytes(b"x")
    os.close(lock)
    aged(left)
    _, lock = runtime.make()
    os.close(lock)
    assert not left.exists()


def test_a_directory_stays_while_any_child_lives(home: Path) -> None:
    kept, lock = runtime.make()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    os.close(reading)
    os.close(lock)
    aged(kept)
    _, other = runtime.make()
    assert kept.exists()
    os.close(writing)
    os.waitpid(child, 0)
    aged(kept)
    _, third = runtime.make()
    assert not kept.exists()
    os.close(other)
    os.close(third)


def test_newborn_and_foreign_directories_are_left_alone(home: Path) -> None:
    newborn = home / "edgeguard-newborn"
    foreign = home / "edgeguard-demo-x"
    newborn.mkdir()
    foreign.mkdir()
    (newborn / "lock").touch()
    aged(foreign)
    _, lock = runtime.make()
    os.close(lock)
    assert newborn.exists()
    assert foreign.exists()
