from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from commands import run_here

from edgeguard.observe.samples.keys import add_key, read_keys
from edgeguard.observe.samples.recorded import Answered, Recorded, Then
from edgeguard.observe.samples.store import DAY, Store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

__all__ = ["run_here"]  # the fixture `run`


@pytest.fixture
def kept(config: Path, tmp_path: Path) -> Path:
    """A configuration with samples, of which two are there."""
    config.write_text(config.read_text() + "observe: {samples: {folder: samples, key_file: samples.key}}\n")
    add_key(tmp_path / "samples.key")
    store = Store(tmp_path / "samples", read_keys(tmp_path / "samples.key"), 1 << 30, DAY, "1")
    now = time.time()
    store.write(
        [
            Recorded("r1", now, b"GET", b"/one\x1b", ((b"host", b"a"),), client="192.0.2.7", answered=Answered(403),
                     then=Then("blocked", 5, ("t-1",))).line(),
            Recorded("r2", now - 3 * DAY, b"POST", b"/two", ((b"host", b"a"),), b"x", then=Then("pass")).line(),
        ],
        now,
    )  # fmt: skip
    store.close()
    return config


def test_list(run: Run, kept: Path) -> None:
    files = run("samples", "list", "-c", kept)
    assert "1 file, 0.0 of 256 MiB" in files.stdout
    assert ".egsamples" in files.stdout
    shown = run("samples", "list", "-c", kept, "--requests").stdout
    assert shown.count("\n") == 2
    assert "\x1b" not in shown
    assert "192.0.2.7       blocked    5 403 GET /one?" in shown or "blocked" in shown
    assert run("samples", "list", "-c", kept, "--requests", "--days", "1").stdout.count("\n") == 1
    assert "/two" in run("samples", "list", "-c", kept, "--requests", "--verdict", "pass").stdout


def test_export(run: Run, kept: Path, tmp_path: Path) -> None:
    assert [json.loads(line)["id"] for line in run("samples", "export", "-c", kept).stdout.splitlines()] == ["r1", "r2"]
    assert run("samples", "export", "-c", kept, "--format", "har", "-o", "out.har").stdout == ""
    assert len(json.loads((tmp_path / "out.har").read_text())["log"]["entries"]) == 2
    assert (tmp_path / "out.har").stat().st_mode & 0o777 == 0o600


def test_purge_asks_unless_told_not_to(run: Run, kept: Path, tmp_path: Path) -> None:
    refused = run("samples", "purge", "-c", kept)
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert "0 files removed" in run("samples", "purge", "-c", kept, "--older-than", "1", "-y").stdout
    assert "1 file removed" in run("samples", "purge", "-c", kept, "-y").stdout
    assert not list((tmp_path / "samples").iterdir())


def test_key(run: Run, tmp_path: Path) -> None:
    assert "new key\n" in run("samples", "key", "new.key").stdout
    assert "1 older one can still decrypt" in run("samples", "key", "new.key").stdout
    (tmp_path / "other").write_text("something else\n")
    result = run("samples", "key", "other")
    assert result.returncode == 1
    assert "other:1" in result.stderr or "everybody" in result.stderr


def test_another_key_is_told_in_a_line(run: Run, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "samples.key").unlink()
    add_key(tmp_path / "samples.key")
    result = run("samples", "export", "-c", kept)
    assert result.returncode == 1
    assert "encrypted with key" in result.stderr


def test_nothing_is_kept_without_the_section(run: Run, config: Path) -> None:
    result = run("samples", "list", "-c", config)
    assert result.returncode == 1
    assert "observe.samples is not set" in result.stderr


def test_check_tells_of_samples_and_of_a_key_that_is_none(run: Run, kept: Path, tmp_path: Path) -> None:
    assert "1% of all exchanges, kept for 7 days" in run("check", "-c", kept).stdout
    (tmp_path / "samples.key").write_text("")
    result = run("check", "-c", kept)
    assert result.returncode == 1
    assert "edgeguard samples key" in result.stderr or "everybody" in result.stderr
