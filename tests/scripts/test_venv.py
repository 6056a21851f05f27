"""Which Python `scripts/venv.sh` takes, among stand-ins that claim a version and the options they were built with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPTS = Path(__file__).parents[2] / "scripts"
OPTIMISED = "--enable-shared --enable-optimizations"


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Puts a stand-in onto the PATH of `found`."""

    def make(name: str, version: tuple[int, int], arguments: str = "", *, pip: bool = True) -> str:
        lies = f'sys.version_info = {(*version, 0)}; sys.base_prefix = "/opt"; sysconfig.get_config_var = lambda _: "{arguments}"'
        if not pip:
            lies += '; sys.modules["ensurepip"] = None'
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'import sys, sysconfig; {lies}\n'\"$2\"\n")
        path.chmod(0o755)
        return str(path)

    return make


def found(folder: Path, **environment: str) -> str:
    shell = shutil.which("sh")
    assert shell is not None
    command = [shell, "-c", f"root='{folder}'; . '{SCRIPTS}/venv.sh'; find_python"]
    clean = {"PATH": f"{folder}:{os.defpath}", **environment}
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


def test_an_optimised_python_comes_before_a_newer_one_that_is_not(python: Callable[..., str], tmp_path: Path) -> None:
    python("python3.13", (3, 13))
    wanted = python("python3.12", (3, 12), OPTIMISED)
    assert found(tmp_path) == wanted


def test_of_optimised_ones_the_newest_counts(python: Callable[..., str], tmp_path: Path) -> None:
    python("python3.12", (3, 12), OPTIMISED)
    wanted = python("python3.13", (3, 13), OPTIMISED)
    assert found(tmp_path) == wanted


def test_a_version_that_is_not_supported_is_passed_over(python: Callable[..., str], tmp_path: Path) -> None:
    python("python3.13", (3, 14), OPTIMISED)
    wanted = python("python3.12", (3, 12), OPTIMISED)
    assert found(tmp_path) == wanted


def test_one_that_can_make_no_environment_is_passed_over(python: Callable[..., str], tmp_path: Path) -> None:
    python("python3.13", (3, 13), OPTIMISED, pip=False)
    wanted = python("python3.12", (3, 12), OPTIMISED)
    assert found(tmp_path) == wanted


def test_the_one_that_is_named_is_taken_as_it_is(python: Callable[..., str], tmp_path: Path) -> None:
    python("python3.13", (3, 13), OPTIMISED)
    named = python("named", (3, 11))
    assert found(tmp_path, EDGEGUARD_PYTHON=named) == named


def said(program: str, **environment: str) -> tuple[int, str]:
    """How a piece of shell beside `venv.sh` ends, and what it tells people."""
    shell = shutil.which("sh")
    assert shell is not None
    command = [shell, "-euc", f"root='{SCRIPTS.parent}'; . '{SCRIPTS}/venv.sh'; {program}"]
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False, timeout=30
    )
    return done.returncode, done.stderr


def test_without_a_python_that_will_do_it_says_which_to_install() -> None:
    code, told = said("supported=False; find_python")
    assert code == 1
    assert told.startswith("EdgeGuard needs Python 3.11, 3.12 or 3.13; found ")
    assert "sudo apt install python3 python3-venv" in told


def test_a_place_that_is_read_only_is_told_in_one_line() -> None:
    code, told = said("prepare run .", EDGEGUARD_VENV="/proc/nobody-writes-here/venv")
    assert code == 1
    assert told.count("\n") == 1
    assert told.startswith("/proc/nobody-writes-here/venv is read-only; say where")
