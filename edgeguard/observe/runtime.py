"""The runtime directory: where workers count and the supervisor tells its state; it lives as long as the supervisor.

It belongs on a file system in memory (`/run`, `/dev/shm`): counters are then never written to a disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_OURS: Final = ("cells-*", "new-*", "layout-*.json", "roster-*", "retired", "state.json")


def prepare(runtime: Path) -> None:
    """Make the directory, or clear what an earlier supervisor left in it: counters begin at 0 with each start.

    Call it once, before the first fork. Files that are not ours are left alone.

    Raises:
        OSError: it can't be made or written.
    """
    runtime.mkdir(mode=0o750, parents=True, exist_ok=True)
    for pattern in _OURS:
        for path in runtime.glob(pattern):
            path.unlink(missing_ok=True)
