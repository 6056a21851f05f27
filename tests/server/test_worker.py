from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.totals import read_totals
from edgeguard.server import worker as module
from edgeguard.server.process import fork
from edgeguard.server.sockets import bind
from edgeguard.server.worker import run_worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    import pytest

    Start = Callable[..., Awaitable[Any]]


async def test_it_serves_and_records(edge: Start) -> None:
    started = await edge()
    client = await started.client()
    client.get("/a?q=attackword")
    assert (await client.read()).status == 403
    (line,) = await started.lines("access", 1)
    assert (line["verdict"], line["rules"]) == ("blocked", ["t-1"])
    assert started.meter("edgeguard_requests_total", "4xx", "blocked") == 1


async def test_the_end_of_the_grace_cancels_what_is_left_and_records_it(edge: Start, origin: Any) -> None:
    async def script(asked: Any) -> None:
        await asked.reader.read()

    origin.script = script
    started = await edge(drain_seconds=0.1)
    waiting, uploading = await started.client(), await started.client()
    waiting.get()
    uploading.get("/up", "Content-Length: 10", method="POST")
    uploading.send(b"abc")
    await started.until(lambda: origin.asked and len(started.listener._open) == 2)
    started.worker._stop.set()
    await started.task
    assert await waiting.gone() == b""
    lines = await started.lines("access", 2)
    assert {line["reason"] for line in lines} <= {"client-gone", "incomplete-body"}


async def test_idle_connections_have_a_moment_for_one_more_request(edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_GRACE_SECONDS", 0.3)
    started = await edge()
    late, silent = await started.client(), await started.client()
    await started.until(lambda: len(started.listener._open) == 2)
    started.worker._stop.set()
    await started.until(lambda: started.listener.draining)
    late.get()
    answer = await late.read()
    assert (answer.status, answer["connection"]) == (200, "close")
    assert await silent.gone() == b""
    late.close()
    await started.task


async def test_log_files_are_opened_anew(edge: Start, tmp_path: Path) -> None:
    started = await edge()
    client = await started.client()
    client.get("/before")
    await client.read()
    await started.lines("access", 1)
    (tmp_path / "access.log").rename(tmp_path / "access.old")
    os.kill(os.getpid(), signal.SIGUSR1)
    await started.until((tmp_path / "access.log").exists)
    client.get("/after")
    await client.read()
    (line,) = await started.lines("access", 1)
    assert line["path"] == "/after"


def test_run_worker_ends_with_sigterm(blueprint: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    made = blueprint({})
    runtime = tmp_path / "run"
    runtime.mkdir()
    layout = Layout.build(Names())
    layout.publish(runtime)
    reading, writing = os.pipe()
    with bind("127.0.0.1", 0, "listener") as sock:
        pid = fork(lambda: run_worker(made, [sock], layout, runtime, 1, writing))
        os.close(writing)
        assert os.read(reading, 1) == b"r"
        os.close(reading)
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert read_totals(runtime).unreadable == []


async def test_housekeeping_publishes_what_rooms_count(edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HOUSEKEEPING_SECONDS", 0.01)
    started = await edge()
    client = await started.client()
    client.get(method="POST")
    await client.read()
    await started.until(lambda: started.meter("edgeguard_cache_events_total", "invalidated") > 0)
    await asyncio.sleep(0)
