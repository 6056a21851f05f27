from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Starts the real command in a folder of its own, with nothing of the caller's environment that it listens to."""

    def start(*arguments: str | Path, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EDGEGUARD_")}
        return subprocess.run(
            [sys.executable, "-m", "edgeguard", *map(str, arguments)],
            cwd=tmp_path,
            env={**kept, "COLUMNS": "100", **environment},
            input=text,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    return start


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts Python with arguments in a folder of its own; whatever still runs after the test is killed."""
    with contextlib.ExitStack() as stack:

        def begin(*arguments: str | Path) -> subprocess.Popen[str]:
            command = [sys.executable, *map(str, arguments)]
            process = stack.enter_context(
                subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A small configuration that loads, with rules of its own."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "one.yaml").write_text(
        "- id: t-1\n"
        "  title: A path that nobody asks for\n"
        "  status: enforce\n"
        "  severity: low\n"
        "  phase: request_head\n"
        "  match:\n"
        "    path: {http.request.path|starts_with: /never}\n"
        "  condition: path\n"
        "  action: {block: {status: 403}}\n"
        "  tests:\n"
        "    match: [{path: /never}]\n"
        "    pass: [{path: /}]\n"
    )
    (tmp_path / "identity.key").write_text("a key for tests, long enough to hide tokens\n")
    path = tmp_path / "edgeguard.yaml"
    path.write_text(
        "listeners: [{address: 127.0.0.1, port: 0}]\n"
        "origin: {url: http://127.0.0.1:1}\n"
        "identity: {key_file: identity.key}\n"
        "waf: {rules: [rules]}\n"
        "admin: {port: 0}\n"
        "workers: 1\n"
    )
    return path
