from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Start = Callable[..., subprocess.Popen[str]]

_PROGRAM = """
import sys
from pathlib import Path
from edgeguard.cli.edge import run_edge

sys.exit(run_edge(Path(sys.argv[1]), lambda: print("serving", flush=True)))
"""


def test_it_says_when_it_serves_and_ends_in_order(start: Start, config: Path) -> None:
    edge = start("-c", _PROGRAM, config)
    assert edge.stdout is not None
    assert edge.stdout.readline() == "serving\n"
    edge.send_signal(signal.SIGTERM)
    assert edge.wait(50) == 0
