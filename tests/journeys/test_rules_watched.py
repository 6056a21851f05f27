"""Rule files taken up as they change, versions put back in force, and what the edge says of both; nothing is lost meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TURNS = 8
RULE = """\
- id: journey-1
  title: A word
  severity: critical
  match: {word: {http.request.query|contains: "WORD"}}
  tests:
    match: [{path: "/?q=WORD"}]
    pass: [{path: /}]
"""


async def until(condition, seconds: float = 20.0):
    deadline = time.monotonic() + seconds
    while not (found := await condition()):
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.02)
    return found


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok, tmp_path: Path):
    origin = await make_origin(answering(lambda received: ok(received.target.encode())))
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "one.yaml").write_text(RULE.replace("WORD", "word-0"))
    edge = await make_edge(origin.url, workers=2, waf={"rules": [str(folder)], "compiled": str(tmp_path / "kept")})
    edge.origin = origin
    edge.watched = folder
    return edge


def write(edge, word: str) -> None:
    new = edge.watched / ".new"
    new.write_text(RULE.replace("WORD", word))
    new.rename(edge.watched / "one.yaml")


def open_files(edge) -> int:
    return len(list(Path(f"/proc/{edge.pid}/fd").iterdir()))


async def blocks(edge, connect, word: str) -> bool:
    client = await connect(edge.port)
    answer = await client.ask(f"/?q={word}")
    client.close()
    return answer.status == 403


async def run(edge, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "edgeguard",
        "rules",
        *arguments,
        "-c",
        str(edge.path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_changes_come_into_force_in_all_workers_and_lose_nothing(edge, connect) -> None:
    failures: list[str] = []
    answered = 0
    stop = asyncio.Event()

    async def person(keeps: bool) -> None:
        nonlocal answered
        client = None
        while not stop.is_set():
            client = client or await connect(edge.port)
            answer = await client.ask("/")
            answered += 1
            if answer.status != 200:
                failures.append(f"{answer.status}: {answer.body!r}")
            if not keeps or answer.fields.get("connection") == "close":
                client.close()
                client = None
            await asyncio.sleep(0.005)

    people = [asyncio.create_task(person(keeps)) for keeps in (True, False, True)]
    descriptors = open_files(edge)
    for turn in range(1, TURNS + 1):
        write(edge, f"word-{turn}")
        await until(lambda turn=turn: version_is(edge, turn + 1))
        assert all([await blocks(edge, connect, f"word-{turn}") for _ in range(6)])
        assert not await blocks(edge, connect, f"word-{turn - 1}")
    stop.set()
    await asyncio.gather(*people)
    assert failures == []
    assert answered > 20 * TURNS
    assert open_files(edge) <= descriptors + 4
    assert await edge.metric("edgeguard_reloads_total", result="done") == TURNS
    assert await edge.metric("edgeguard_ruleset_info", version=str(TURNS + 1)) == 1


async def version_is(edge, number: int) -> bool:
    ready = await edge.ready()
    workers = ready["workers"]["list"]
    return ready["ruleset"]["version"] == number and len({worker["generation"] for worker in workers}) == 1


async def test_a_broken_file_is_told_and_changes_nothing(edge, connect) -> None:
    (edge.watched / "one.yaml").write_text(
        RULE.replace("WORD", "other").replace("pass: [{path: /}]", 'pass: [{path: "/?other"}]')
    )

    async def refused() -> dict | None:
        ready = await edge.ready()
        return ready if ready["reload"]["error"] else None

    ready = await until(refused)
    assert ready["obstacles"] == []
    assert ready["ruleset"]["version"] == 1
    assert "must not match" in ready["reload"]["error"]
    assert "one.yaml:7" in ready["reload"]["error"]
    assert "reload refused" in edge.told()
    assert await edge.metric("edgeguard_last_reload_success") == 0
    assert await edge.metric("edgeguard_reloads_total", result="refused") == 1
    assert await blocks(edge, connect, "word-0")
    write(edge, "word-0")  # as it was: nothing needs to be replaced
    workers = await edge.workers()

    async def accepted() -> bool:
        return bool((await edge.ready())["reload"]["ok"])

    await until(accepted)
    assert await edge.workers() == workers
    assert (await edge.ready())["ruleset"]["version"] == 1


async def test_a_version_is_put_back_and_stays_until_somebody_changes_the_files(edge, connect) -> None:
    write(edge, "word-1")
    await until(lambda: version_is(edge, 2))
    assert "version 1 is in force" in await run(edge, "rollback")
    ready = (await edge.ready())["ruleset"]
    assert (ready["version"], ready["why"], ready["pinned"]) == (1, "rollback", True)
    assert await blocks(edge, connect, "word-0")
    assert not await blocks(edge, connect, "word-1")
    assert await edge.metric("edgeguard_ruleset_pinned") == 1

    os.utime(edge.watched / "one.yaml")
    assert (await edge.reload())["ruleset"]["pinned"]  # neither a touch nor a signal changes what was pinned
    await edge.stop()
    await edge.start()
    assert (await edge.ready())["ruleset"]["version"] == 1
    assert "pinned" in await run(edge, "history")

    assert "what the files say is in force: 3-" in await run(edge, "rollback", "--release")
    assert await blocks(edge, connect, "word-1")
    await run(edge, "rollback", "1")
    write(edge, "word-2")
    await until(lambda: version_is(edge, 4))
    assert not (await edge.ready())["ruleset"]["pinned"]
    assert await blocks(edge, connect, "word-2")

    async def events() -> list[dict]:
        return [line for line in edge.lines("events") if line["query"] == "q=word-2"]

    assert (await until(events))[0]["ruleset"].startswith("4-")


async def test_without_watching_a_signal_is_needed(edge, connect) -> None:
    edge.config["waf"]["watch"] = False
    await edge.reload()
    before = (await edge.ready())["ruleset"]
    assert not before["watching"]
    write(edge, "word-1")
    await asyncio.sleep(1.5)
    assert (await edge.ready())["ruleset"]["version"] == before["version"]
    edge.signal(signal.SIGHUP)
    await until(lambda: version_is(edge, before["version"] + 1))
    assert await blocks(edge, connect, "word-1")
