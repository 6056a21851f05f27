"""Bodies by way of an inspector, in a worker in the test's own loop, and what happens when it is slow, full or gone."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.gateway.body import Held
from edgeguard.observe.cells import Cells
from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.meters import Meters
from edgeguard.server import inspection as module
from edgeguard.server.companions import Companions
from edgeguard.server.inspection import Inspectors
from edgeguard.waf import rules_from_text
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from edgeguard.server.inspector import Inspecting
    from edgeguard.waf import Ruleset, Transaction, Verdict

RULES = """
- id: t-1
  title: A word anywhere
  severity: critical
  match: {word: {http.request.any|contains: attackword}}
  tests: {match: [{query: {q: attackword}}], pass: [{path: /}]}
- id: t-2
  title: What was asked for is answered
  severity: critical
  match:
    asked: {http.request.body|contains: secret}
    told: {http.response.body|contains: secret}
  condition: asked and told
  tests:
    match: [{method: POST, body: secret, response: {body: secret}}]
    pass: [{path: /}]
"""
GOOD, BAD = b"good " * 10_000, b"good " * 10_000 + b"attackword"


class Desk:
    """A worker's end, and the inspectors that it was given."""

    def __init__(self, ruleset: Ruleset, cells: Cells, blueprint: Any) -> None:
        self.ruleset = ruleset
        self.cells = cells
        self.inspectors = Inspectors(ruleset, Meters(cells))
        self.companions = Companions()
        self._blueprint = blueprint
        self.given: list[Inspecting] = []

    async def give(self) -> int:
        """Another inspector; its process id."""
        one = self.companions.spawn(self._blueprint, 1, lambda: None)
        self.given.append(one)
        await self.inspectors.connect(one)
        return one.pid

    def begin(self, address: str = "198.51.100.7", *, vouched: bool = False) -> Transaction:
        made = build({"method": "POST", "body": "x", "ip": address})
        transaction = self.ruleset.transaction(made.request, replace(made.client, vouched=vouched))
        transaction.request_head()
        return transaction

    def ask(self, content: bytes = GOOD, transaction: Transaction | None = None) -> asyncio.Task[Verdict]:
        held = Held([content[:9], content[9:]], len(content), complete=True)
        work = self.inspectors.inspect(transaction or self.begin(), Phase.REQUEST_BODY, held)
        return asyncio.get_running_loop().create_task(work)

    def counted(self, outcome: str) -> float:
        return self.cells.values[self.cells.index("edgeguard_inspector_bodies_total", outcome)]

    @property
    def deaths(self) -> float:
        return self.cells.values[self.cells.index("edgeguard_inspector_deaths_total")]

    async def mourn(self, deaths: int) -> None:
        """Wait until so many have died."""
        while self.deaths < deaths:  # noqa: ASYNC110 - it is another process that ends
            await asyncio.sleep(0.01)


@pytest.fixture
async def desk(
    tmp_path: Path, blueprint: Callable[[dict[str, Any]], Any], monkeypatch: Any
) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    desks: list[Desk] = []

    async def make(*, given: bool = True, **settings: Any) -> Desk:
        ruleset = rules_from_text(RULES, Waf(**{"budget_us": 1_000_000, **settings}))
        made = blueprint({})
        object.__setattr__(made, "ruleset", ruleset)
        layout = Layout.build(Names())
        layout.publish(tmp_path)
        desks.append(Desk(ruleset, Cells(tmp_path / "cells", layout), made))
        if given:
            await desks[-1].give()
        return desks[-1]

    yield make
    for each in desks:
        each.inspectors.close()
        await asyncio.sleep(0.01)
        for one in each.given:
            os.kill(one.pid, signal.SIGCONT)
            one.sock.close()
            os.waitpid(one.pid, 0)  # noqa: ASYNC222 - it goes at once


def rules(verdict: Verdict) -> list[str]:
    return [match.rule for match in verdict.matches]


async def test_bodies_are_inspected_over_there(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    verdicts = await asyncio.gather(made.ask(), made.ask(BAD), made.ask())
    assert [(verdict.blocked, rules(verdict)) for verdict in verdicts] == [(False, []), (True, ["t-1"]), (False, [])]
    assert made.counted("inspector") == 3
    assert repr(made.inspectors) == "<Inspectors idle, 0 waiting>"


async def test_answers_are_inspected_with_what_was_asked(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    transaction = made.begin()
    await made.ask(b"secret " + GOOD, transaction)
    held = Held([GOOD, b"secret"], len(GOOD) + 6, complete=True)
    verdict = await made.inspectors.inspect(transaction, Phase.RESPONSE_BODY, held)
    assert (verdict.blocked, rules(verdict)) == (True, ["t-2"])
    assert made.counted("inspector") == 2


async def test_without_one_the_worker_looks_itself(desk: Callable[..., Awaitable[Desk]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    made = await desk(given=False)
    assert rules(await made.ask(BAD)) == ["t-1"]
    assert (made.counted("lost"), made.deaths) == (1, 0)
    assert repr(made.inspectors) == "<Inspectors gone, 0 waiting>"


async def test_a_death_loses_nothing(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    pid = made.given[0].pid
    os.kill(pid, signal.SIGSTOP)
    under_way, waiting, bad = made.ask(), made.ask(), made.ask(BAD)
    await asyncio.sleep(0.02)
    assert repr(made.inspectors) == "<Inspectors busy, 2 waiting>"
    os.kill(pid, signal.SIGKILL)
    await made.mourn(1)
    assert repr(made.inspectors) == "<Inspectors gone, 3 waiting>"
    await made.give()
    verdicts = await asyncio.gather(under_way, waiting, bad)
    assert [verdict.blocked for verdict in verdicts] == [False, False, True]
    assert (made.counted("inspector"), made.counted("lost"), made.deaths) == (3, 0, 1)


@pytest.mark.parametrize(("policy", "blocked"), [("block", True), ("pass", False)])
async def test_a_body_that_kills_is_not_inspected_a_third_time(
    desk: Callable[..., Awaitable[Desk]], policy: str, blocked: bool
) -> None:
    made = await desk(on_budget=policy)
    os.kill(made.given[0].pid, signal.SIGSTOP)
    killer, other = made.ask(), made.ask(BAD)
    await asyncio.sleep(0.02)
    for deaths in (1, 2):
        os.kill(made.given[-1].pid, signal.SIGKILL)
        await made.mourn(deaths)
        if deaths == 1:
            pid = await made.give()
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(0.02)
    verdict = await killer
    assert (verdict.blocked, verdict.budget_spent) == (blocked, True)
    await made.give()
    assert rules(await other) == ["t-1"]
    assert (made.counted("died"), made.counted("inspector")) == (1, 1)


async def test_another_takes_the_place_of_one_that_still_lives(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    os.kill(made.given[0].pid, signal.SIGSTOP)
    stuck = made.ask(BAD)
    await asyncio.sleep(0.02)
    await made.give()
    assert (await stuck).blocked
    assert (await made.ask(BAD)).blocked
    assert (made.counted("lost"), made.counted("inspector"), made.deaths) == (0, 2, 0)


async def test_only_so_many_of_one_address_wait(desk: Callable[..., Awaitable[Desk]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EACH", 2)
    made = await desk()
    os.kill(made.given[0].pid, signal.SIGSTOP)
    first = [made.ask() for _ in range(3)]
    await asyncio.sleep(0.02)
    verdict = await made.ask()
    assert (verdict.blocked, verdict.budget_spent) == (True, True)
    assert made.counted("full") == 1
    other = made.ask(BAD, made.begin("203.0.113.9"))
    os.kill(made.given[0].pid, signal.SIGCONT)
    await asyncio.gather(*first, other)
    assert other.result().blocked
    assert made.counted("inspector") == 4


async def test_strangers_leave_places_for_others(desk: Callable[..., Awaitable[Desk]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRANGERS", 2)
    made = await desk()
    os.kill(made.given[0].pid, signal.SIGSTOP)
    first = [made.ask(GOOD, made.begin(f"203.0.113.{number}")) for number in range(3)]
    await asyncio.sleep(0.02)
    assert (await made.ask(GOOD, made.begin("203.0.113.9"))).budget_spent
    editor = made.ask(BAD, made.begin("203.0.113.10", vouched=True))
    os.kill(made.given[0].pid, signal.SIGCONT)
    await asyncio.gather(*first, editor)
    assert rules(editor.result()) == ["t-1"]
    assert (made.counted("full"), made.counted("inspector")) == (1, 4)


@pytest.mark.parametrize(("policy", "blocked"), [("block", True), ("pass", False)])
async def test_only_so_long(
    desk: Callable[..., Awaitable[Desk]], monkeypatch: pytest.MonkeyPatch, policy: str, blocked: bool
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    made = await desk(on_budget=policy)
    os.kill(made.given[0].pid, signal.SIGSTOP)
    first = made.ask()
    await asyncio.sleep(0)
    verdict = await made.ask()
    assert (verdict.blocked, verdict.budget_spent, rules(verdict)) == (blocked, True, ["eg-0001"])
    os.kill(made.given[0].pid, signal.SIGCONT)
    assert not (await first).blocked  # which did not wait for its turn, but was at it
    assert (made.counted("late"), made.counted("inspector")) == (1, 1)


async def test_one_that_hangs_is_killed(desk: Callable[..., Awaitable[Desk]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.02)
    made = await desk()
    os.kill(made.given[0].pid, signal.SIGSTOP)
    stuck = made.ask(BAD)
    await made.mourn(1)
    ended = os.waitid(os.P_PID, made.given[0].pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - it is dead
    assert ended is not None
    assert ended.si_status == signal.SIGKILL
    monkeypatch.setattr(module, "ANSWER_SECONDS", 60)
    await made.give()
    assert rules(await stuck) == ["t-1"]


async def test_a_client_that_goes_leaves_its_place(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    os.kill(made.given[0].pid, signal.SIGSTOP)
    under_way, waiting, other = made.ask(), made.ask(), made.ask(BAD)
    await asyncio.sleep(0.02)
    for task in (under_way, waiting):
        task.cancel()
    await asyncio.wait([under_way, waiting])
    assert repr(made.inspectors) == "<Inspectors busy, 1 waiting>"
    os.kill(made.given[0].pid, signal.SIGCONT)
    assert (await other).blocked
    assert made.counted("inspector") == 1


async def test_it_is_let_go_at_the_end(desk: Callable[..., Awaitable[Desk]]) -> None:
    made = await desk()
    made.inspectors.close()
    assert (await made.ask(BAD)).blocked
    assert (made.counted("lost"), made.deaths) == (1, 0)
