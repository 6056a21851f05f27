from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe import sink as module
from edgeguard.observe.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any


@pytest.fixture
def pipe() -> Iterator[tuple[int, str]]:
    """A pipe's reading end, and the path that opens its other end."""
    reading, writing = os.pipe()
    yield reading, f"/proc/self/fd/{writing}"
    os.close(reading)
    os.close(writing)


def await_that(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_lines_come_out_in_order(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "log"), 10_000)
    sink.start()
    for number in range(5000):
        sink.put(b"%d\n" % number)
    sink.close()
    assert (tmp_path / "log").read_bytes().split() == [b"%d" % number for number in range(5000)]
    assert (sink.dropped, sink.lost) == (0, 0)


def test_a_line_is_written_soon_without_closing(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "log"), 10)
    sink.start()
    sink.put(b"a\n")
    await_that(lambda: (tmp_path / "log").read_bytes() == b"a\n")
    sink.close()
    assert (tmp_path / "log").read_bytes() == b"a\n"  # once


def test_a_full_queue_drops_and_counts(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "log"), 3)
    for number in range(5):
        sink.put(b"%d\n" % number)
    assert sink.dropped == 2
    assert repr(sink) == f"Sink({tmp_path / 'log'}, 3 waiting, 2 dropped, 0 lost)"
    sink.close()
    assert (tmp_path / "log").read_bytes() == b"0\n1\n2\n"


def test_the_queue_is_bounded_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_BYTES", 100)
    sink = Sink(str(tmp_path / "log"), 1000)
    for _ in range(10):
        sink.put(b"x" * 59 + b"\n")
    assert sink.dropped == 8
    sink._drain()
    sink.put(b"y\n")
    assert sink.dropped == 8
    sink.close()


def test_a_reader_who_does_not_read_never_stops_the_loop(pipe: tuple[int, str]) -> None:
    reading, path = pipe
    sink = Sink(path, 100)
    sink.start()
    writer = sink._thread
    assert writer is not None
    line = b"x" * 1999 + b"\n"
    slowest = 0.0
    for _ in range(3000):
        before = time.perf_counter()
        sink.put(line)
        slowest = max(slowest, time.perf_counter() - before)
    assert sink.dropped > 0
    assert slowest < 0.5
    before = time.monotonic()
    sink.close(0.1)
    assert time.monotonic() - before < 2.0
    os.set_blocking(reading, False)
    while writer.is_alive():  # let it finish before the pipe goes
        with contextlib.suppress(BlockingIOError):
            os.read(reading, 1 << 20)


def test_workers_that_share_a_pipe_do_not_mix_their_lines(pipe: tuple[int, str], fork: Callable[..., Any]) -> None:
    reading, path = pipe

    def work(letter: bytes) -> Callable[[], None]:
        def run() -> None:
            sink = Sink(path, 10_000)
            sink.start()
            for _ in range(300):
                sink.put(letter * 700 + b"\n")
            sink.close(20)

        return run

    children = [fork(work(letter), wait=False) for letter in (b"a", b"b", b"c")]
    got = b""
    while got.count(b"\n") < 900:
        got += os.read(reading, 1 << 16)
    assert {line for line in got.split(b"\n") if line} == {b"a" * 700, b"b" * 700, b"c" * 700}
    for child in children:
        child.wait_done()


def test_a_shared_output_that_someone_made_non_blocking(pipe: tuple[int, str]) -> None:
    reading, path = pipe
    sink = Sink(path, 10_000)
    os.set_blocking(sink._descriptor, False)
    fcntl.fcntl(sink._descriptor, 1031, 4096)  # F_SETPIPE_SZ: so that it fills up
    sink.start()
    for _ in range(100):
        sink.put(b"x" * 999 + b"\n")
    got = b""
    while len(got) < 100_000:
        got += os.read(reading, 1 << 16)
    sink.close()
    assert got == (b"x" * 999 + b"\n") * 100
    assert sink.lost == 0


def test_reopening_after_the_file_was_moved(tmp_path: Path) -> None:
    path = tmp_path / "log"
    sink = Sink(str(path), 10)
    sink.start()
    sink.put(b"before\n")
    await_that(lambda: path.stat().st_size > 0)
    path.rename(tmp_path / "log.1")
    sink.reopen()
    await_that(path.exists)
    sink.put(b"after\n")
    sink.close()
    assert (tmp_path / "log.1").read_bytes() == b"before\n"
    assert path.read_bytes() == b"after\n"


def test_a_child_leaves_what_its_parent_queued_to_the_parent(tmp_path: Path, fork: Callable[..., Any]) -> None:
    sink = Sink(str(tmp_path / "log"), 10)
    sink.put(b"parent\n")

    def work() -> None:
        sink.start()
        sink.put(b"child\n")
        sink.close()

    fork(work)
    assert (tmp_path / "log").read_bytes() == b"child\n"
    sink.close()
    assert (tmp_path / "log").read_bytes() == b"child\nparent\n"


def test_lines_queued_before_the_start_are_kept(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "log"), 10)
    sink.put(b"early\n")
    sink.start()
    sink.close()
    assert (tmp_path / "log").read_bytes() == b"early\n"


def test_a_full_disk_loses_lines_and_says_so() -> None:
    sink = Sink("/dev/full", 10)
    for _ in range(4):
        sink.put(b"x\n")
    sink.close()
    assert sink.lost == 4


def test_what_follows_half_a_line_begins_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Sink(str(tmp_path / "log"), 10)
    write = os.write
    answers = iter([lambda descriptor, data: write(descriptor, data[:3])])

    def failing(descriptor: int, data: bytes) -> int:
        for answer in answers:
            return answer(descriptor, data)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", failing)
    sink.put(b"abcdef\n")
    sink._drain()
    monkeypatch.undo()
    sink.put(b"next\n")
    sink.close()
    assert (tmp_path / "log").read_bytes() == b"abc\nnext\n"
    assert sink.lost == 1


def test_settings_name_the_target(tmp_path: Path) -> None:
    assert repr(Sink("stderr", 10)).startswith("Sink(2,")
    with pytest.raises(FileNotFoundError):
        Sink(str(tmp_path / "no" / "such" / "folder"), 10)


def test_a_log_is_not_for_everyone(tmp_path: Path) -> None:
    Sink(str(tmp_path / "log"), 10).close()
    assert (tmp_path / "log").stat().st_mode & 0o007 == 0
