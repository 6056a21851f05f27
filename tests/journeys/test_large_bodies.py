"""Large bodies are inspected beside the worker: others do not wait, nothing is lost when it dies, no process stays behind.

An inspector that is stopped stands for one that is busy for as long as the test likes.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

RULES = """\
- id: journey-1
  title: A word that stands for an attack
  severity: critical
  match:
    word: {http.request.any|contains: attack-me}
  tests:
    match: [{path: "/?q=attack-me"}]
    pass: [{path: /}]
- id: journey-2
  title: A word that must not get out
  severity: critical
  match:
    word: {http.response.body|contains: leaked-word}
  tests:
    match: [{path: /, response: {body: leaked-word}}]
    pass: [{path: /}]
"""
WIDE = {"inspect_bytes": "10MiB", "budget_us": 1_000_000}
GOOD = b"all is well " * 100_000
BAD = GOOD + b"attack-me"


@pytest.fixture
def start(make_origin, make_edge, tmp_path, answering, ok):
    """An edge, and the bodies that its origin got."""

    async def make(answer=b"ok", **config):
        got: list[bytes] = []

        def keep(received):
            if received.body:
                got.append(received.body)
            return ok(answer)

        (tmp_path / "large.yaml").write_text(RULES)
        origin = await make_origin(answering(keep))
        waf = {"rules": [str(tmp_path / "large.yaml")], **WIDE}
        return await make_edge(origin.url, waf=waf, wire={"body": "12MiB"}, **config), got

    return make


@pytest.fixture
def inspectors(family):
    def find(edge) -> list[int]:
        found = []
        for pid in family(edge.pid):
            try:
                name = Path(f"/proc/{pid}/comm").read_text()
            except OSError:  # it has just ended
                continue
            if name == "eg-inspector\n":
                found.append(pid)
        return found

    return find


async def count(edge, outcome: str) -> float:
    return await edge.metric("edgeguard_inspector_bodies_total", outcome=outcome)


class Upload:
    """A large body that is on its way."""

    def __init__(self, client, body: bytes) -> None:
        self.answer = asyncio.get_running_loop().create_task(client.ask("/upload", "POST", body, Content_Type="text/plain"))


async def test_small_requests_do_not_wait_for_a_large_body(start, connect, inspectors, until) -> None:
    edge, got = await start()
    (pid,) = await until(lambda: inspectors(edge))
    os.kill(pid, signal.SIGSTOP)
    upload = Upload(await connect(edge.port), GOOD)
    other = await connect(edge.port)
    for number in range(50):
        assert (await other.ask(f"/{number}")).status == 200
        assert (await other.ask(f"/{number}?q=attack-me")).status == 403
        assert (await other.ask(f"/{number}", "POST", b"a small body")).status == 200
    assert not upload.answer.done()
    assert got == [b"a small body"] * 50
    os.kill(pid, signal.SIGCONT)
    assert (await upload.answer).status == 200
    assert got[-1] == GOOD
    assert await count(edge, "inspector") == 1


async def test_an_attack_in_a_large_body_is_blocked_and_told(start, connect) -> None:
    edge, got = await start()
    client = await connect(edge.port)
    assert (await client.ask("/upload", "POST", BAD, Content_Type="text/plain")).status == 403
    form = b"a=" + GOOD.replace(b" ", b"+") + b"&b=attack%2dme"
    client = await connect(edge.port)
    assert (await client.ask("/upload", "POST", form, Content_Type="application/x-www-form-urlencoded")).status == 403
    assert got == []
    assert await count(edge, "inspector") == 2
    await edge.counts(2, "edgeguard_rule_matches_total", rule="journey-1", mode="enforce")
    await edge.counts(2, "edgeguard_requests_total", **{"class": "4xx", "verdict": "blocked"})


async def test_a_large_answer_is_inspected_too(start, connect) -> None:
    edge, _ = await start(answer=GOOD + b"leaked-word")
    client = await connect(edge.port)
    assert (await client.ask("/")).status == 403
    assert await count(edge, "inspector") == 1
    edge, _ = await start(answer=GOOD)
    answer = await (await connect(edge.port)).ask("/")
    assert (answer.status, answer.body) == (200, GOOD)
    assert await count(edge, "inspector") == 1


async def test_bodies_of_an_inspector_that_is_killed_are_inspected_all_the_same(start, connect, inspectors, until) -> None:
    edge, got = await start()
    (pid,) = await until(lambda: inspectors(edge))
    workers = await edge.workers()
    os.kill(pid, signal.SIGSTOP)
    good, bad = Upload(await connect(edge.port), GOOD), Upload(await connect(edge.port), BAD)
    await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    assert ((await good.answer).status, (await bad.answer).status) == (200, 403)
    assert got == [GOOD]
    assert await edge.metric("edgeguard_inspector_deaths_total") == 1
    assert (await count(edge, "inspector"), await count(edge, "lost")) == (2, 0)  # both waited for the next one
    assert "the inspector is gone" in edge.told()
    (other,) = await until(lambda: inspectors(edge))
    assert other != pid

    async def is_back() -> bool:
        assert (await (await connect(edge.port)).ask("/upload", "POST", BAD, Content_Type="text/plain")).status == 403
        return await count(edge, "inspector") > 2

    await until(is_back)
    assert await edge.workers() == workers
    assert await edge.metric("edgeguard_worker_restarts_total") == 0


async def test_a_reload_finishes_a_large_body_and_ends_the_old_inspector(start, connect, inspectors, until, alive) -> None:
    edge, got = await start()
    (old,) = await until(lambda: inspectors(edge))
    os.kill(old, signal.SIGSTOP)
    good, bad = Upload(await connect(edge.port), GOOD), Upload(await connect(edge.port), BAD)
    await asyncio.sleep(0.1)
    edge.config["waf"]["threshold"] = 4
    assert (await edge.reload())["reload"]["ok"]
    late = await connect(edge.port)
    assert (await late.ask("/upload", "POST", GOOD, Content_Type="text/plain")).status == 200
    assert not good.answer.done()
    os.kill(old, signal.SIGCONT)
    assert ((await good.answer).status, (await bad.answer).status) == (200, 403)
    assert got == [GOOD, GOOD]
    await until(lambda: len(inspectors(edge)) == 1)
    assert not alive(old)


async def test_a_stop_finishes_a_large_body_and_leaves_no_process(start, connect, inspectors, until, alive, family) -> None:
    edge, got = await start()
    (pid,) = await until(lambda: inspectors(edge))
    members = family(edge.pid)
    os.kill(pid, signal.SIGSTOP)
    upload = Upload(await connect(edge.port), GOOD)
    await asyncio.sleep(0.1)
    for member in members:  # as systemd does
        os.kill(member, signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert not edge.ended()
    os.kill(pid, signal.SIGCONT)
    assert (await upload.answer).status == 200
    assert got == [GOOD]
    await until(edge.ended)
    assert edge.process.returncode == 0
    assert not any(alive(member) for member in members)


async def test_an_inspector_that_is_busy_ends_with_all_the_others_at_once(
    start, connect, inspectors, until, alive, family
) -> None:
    edge, _ = await start(drain_seconds=0.2)
    (pid,) = await until(lambda: inspectors(edge))
    members = family(edge.pid)
    os.kill(pid, signal.SIGSTOP)
    upload = Upload(await connect(edge.port), GOOD)
    await asyncio.sleep(0.1)
    edge.signal(signal.SIGTERM)
    await until(edge.ended)
    assert not any(alive(member) for member in members)
    await asyncio.wait([upload.answer])
    assert upload.answer.exception() is not None
