from __future__ import annotations

import contextlib
import os
import select
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.entry import Entry
from edgeguard.observe.layout import Layout, Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass
class Hit:
    rule: str = "eg-1"
    title: str = "a title"
    target: str = "args:q"
    value: str = "1' or '1'='1"
    score: int = 5
    mode: str = "enforce"
    detail: str = ""
    pack: str = ""
    action: str = "score"


class Child:
    """A forked process that runs until it is let go or killed."""

    def __init__(self, work: Callable[[], object], *, stay: bool) -> None:
        done, told = os.pipe()
        waits, self._go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.close(self._go)
                work()
                os.write(told, b"x")
                if stay:
                    os.read(waits, 1)
                code = 0
            finally:
                os._exit(code)
        os.close(told)
        os.close(waits)
        self._done = done

    def is_done(self, seconds: float = 0.0) -> bool:
        return bool(select.select([self._done], [], [], seconds)[0])

    def wait_done(self) -> None:
        assert os.read(self._done, 1) == b"x", "the process ended before its work was done"

    def end(self, number: int = 0) -> int:
        if number:
            os.kill(self.pid, number)
        with contextlib.suppress(BrokenPipeError):
            os.write(self._go, b"x")
        os.close(self._go)
        os.close(self._done)
        return os.waitpid(self.pid, 0)[1]


@pytest.fixture
def fork() -> Iterator[Callable[..., Child]]:
    """Start `work` in a process of its own; returns when the work is done, while the process may stay."""
    children: list[Child] = []

    def start(work: Callable[[], object], *, stay: bool = False, wait: bool = True) -> Child:
        child = Child(work, stay=stay)
        children.append(child)
        if wait:
            child.wait_done()
        return child

    yield start
    for child in children:
        with contextlib.suppress(OSError):  # the test ended it
            child.end(signal.SIGKILL)


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    path.mkdir()
    return path


@pytest.fixture
def layout(runtime: Path) -> Layout:
    built = Layout.build(Names(rules=("eg-1", "eg-2"), policies=("account", "address"), routes=("api",), accounts=4))
    built.publish(runtime)
    return built


@pytest.fixture
def cells(runtime: Path, layout: Layout) -> Cells:
    return Cells(cells_path(runtime, 1), layout)


@pytest.fixture
def hit() -> type[Hit]:
    return Hit


@pytest.fixture
def entry() -> Entry:
    made = Entry("01HF", "203.0.113.9", "10.0.0.1", 1_700_000_000.25)
    made.method, made.scheme, made.host, made.path = b"GET", b"https", b"cms.example", b"/items/a"
    made.query = b"limit=10"
    made.agent = b"curl/8"
    made.status = 200
    made.seconds = 0.004
    return made
