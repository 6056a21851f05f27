"""The runtime directory: where workers count and the supervisor tells its state; it lives as long as the supervisor.

It belongs on a file system in memory (`/run`, `/dev/shm`): counters are then never written to a disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

PREFIX: Final = "edgeguard-"
_LOCK: Final = "lock"  # held, through fork, as long as any process of the edge lives
_NEWBORN_SECONDS: Final = 60.0  # a directory that young may be about to be locked


def make() -> tuple[Path, int]:
    """A new runtime directory with a name of its own; those that killed supervisors left behind are removed.

    Returns:
        the directory, and the descriptor of its lock, which must stay open and be handed to every child.

    Raises:
        OSError: there is no room for it.
    """
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a random name and is private
    home = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(home)
    runtime = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    lock = os.open(runtime / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return runtime, lock


def all_here() -> list[Path]:
    """Runtime directories of edges on this machine that this user may look into; some may be left over."""
    homes = {Path("/dev/shm"), Path(tempfile.gettempdir())}  # noqa: S108 - as above
    found = [folder for home in homes for folder in home.glob(PREFIX + "*")]
    return sorted(folder for folder in found if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK))


def _sweep(home: Path) -> None:
    """Remove directories whose lock nobody holds."""
    for left in home.glob(PREFIX + "*"):
        with contextlib.suppress(OSError):  # another's, or gone meanwhile
            if time.time() - left.stat().st_mtime < _NEWBORN_SECONDS:
                continue
            lock = os.open(left / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)
