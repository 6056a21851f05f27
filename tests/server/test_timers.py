from __future__ import annotations

import asyncio

from edgeguard.server.timers import Deadline


def make(granularity: float = 0.02) -> tuple[Deadline, list[float], asyncio.Event]:
    loop = asyncio.get_running_loop()
    reached: list[float] = []
    event = asyncio.Event()

    def tell() -> None:
        reached.append(loop.time())
        event.set()

    return Deadline(loop, tell, granularity), reached, event


async def test_it_is_reached_once() -> None:
    deadline, reached, event = make()
    began = asyncio.get_running_loop().time()
    deadline.set(0.03)
    await event.wait()
    await asyncio.sleep(0.05)
    assert len(reached) == 1
    assert reached[0] - began >= 0.028
    assert repr(deadline) == "Deadline(never)"


async def test_it_can_be_moved_away_and_nearer() -> None:
    deadline, reached, event = make()
    loop = asyncio.get_running_loop()
    began = loop.time()
    deadline.set(0.02)
    deadline.set(0.1)
    await asyncio.sleep(0.05)
    assert reached == []
    deadline.set(0.01)
    await event.wait()
    assert loop.time() - began < 0.1


async def test_many_moves_set_no_new_timer() -> None:
    deadline, _, _ = make()
    deadline.set(10)
    handle = deadline._handle
    for _ in range(100):
        deadline.clear()
        deadline.set(10)
    assert deadline._handle is handle
    deadline.close()


async def test_cleared_it_is_not_reached() -> None:
    deadline, reached, _ = make()
    deadline.set(0.01)
    deadline.clear()
    await asyncio.sleep(0.04)
    assert reached == []
    deadline.set(5)
    assert repr(deadline).startswith("Deadline(in ")
    deadline.close()
    assert deadline._handle is None


async def test_whoever_is_told_may_set_it_anew() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    done = asyncio.Event()

    def tell() -> None:
        times.append(loop.time())
        if len(times) < 3:
            deadline.set(0.01)
        else:
            done.set()

    deadline = Deadline(loop, tell)
    deadline.set(0.01)
    await done.wait()
    assert len(times) == 3
