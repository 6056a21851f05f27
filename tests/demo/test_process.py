from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from edgeguard.demo.process import Origin

_PARENT = "import time; from edgeguard.demo.process import Origin; o = Origin(); print(o.pid, o.url, flush=True); time.sleep(60)"


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.status


def _wait_for_end(pid: int) -> None:
    fd = os.pidfd_open(pid)
    try:
        assert select.select([fd], [], [], 10)[0], f"process {pid} still runs"
    finally:
        os.close(fd)


def test_it_answers_on_the_loopback_until_it_is_stopped() -> None:
    with Origin() as origin:
        assert _get(f"{origin.url}/api/items") == 200
    with pytest.raises(urllib.error.URLError):
        _get(origin.url)
    origin.stop()


def test_ctrl_c_is_left_to_the_parent() -> None:
    with Origin() as origin:
        assert _get(origin.url) == 200
        os.kill(origin.pid, signal.SIGINT)
        assert _get(origin.url) == 200


def test_it_does_not_outlive_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid, url = parent.stdout.readline().split()
        assert _get(url) == 200
        parent.kill()
        parent.wait()
    _wait_for_end(int(pid))


def test_an_orphan_from_the_start_ends_at_once() -> None:
    result = subprocess.run([sys.executable, "-m", "edgeguard.demo", "0", "1"], timeout=20, check=False)
    assert result.returncode == 0
