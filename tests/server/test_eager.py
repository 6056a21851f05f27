from __future__ import annotations

import asyncio
from typing import Any

import pytest

from edgeguard.server.eager import Driver


class Told:
    """What a driver told about the end."""

    def __init__(self) -> None:
        self.ends: list[BaseException | None] = []
        self.event = asyncio.Event()

    def __call__(self, error: BaseException | None) -> None:
        self.ends.append(error)
        self.event.set()


async def test_what_never_waits_is_over_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    told = Told()
    assert Driver(work(), told).start()
    assert (done, told.ends) == ([1], [])


async def test_what_is_raised_before_waiting_is_raised_by_start() -> None:
    async def work() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is this test's own
        Driver(work(), Told()).start()


async def test_it_goes_on_when_what_it_waits_for_is_there() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    got: list[str] = []

    async def work() -> None:
        got.append(await future)
        got.append(await future)  # one that is done already

    told = Told()
    assert not Driver(work(), told).start()
    future.set_result("x")
    await told.event.wait()
    assert (got, told.ends) == (["x", "x"], [None])


async def test_bare_yields_and_tasks_are_waited_for() -> None:
    steps: list[Any] = []

    async def aside() -> int:
        await asyncio.sleep(0)
        return 7

    async def work() -> None:
        for number in range(3):
            steps.append(number)
            await asyncio.sleep(0)
        steps.append(await asyncio.get_running_loop().create_task(aside()))

    told = Told()
    assert not Driver(work(), told).start()
    assert steps == [0]
    await told.event.wait()
    assert (steps, told.ends) == ([0, 1, 2, 7], [None])


async def test_a_failure_of_what_it_waits_for_is_raised_inside() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    seen: list[Exception] = []

    async def work() -> None:
        try:
            await future
        except KeyError as error:
            seen.append(error)
            raise RuntimeError from error

    told = Told()
    Driver(work(), told).start()
    future.set_exception(KeyError("x"))
    await told.event.wait()
    assert isinstance(told.ends[0], RuntimeError)
    assert isinstance(seen[0], KeyError)


async def test_cancelling_raises_where_it_waits_and_cancels_that() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cleaned: list[int] = []

    async def work() -> None:
        try:
            await future
        finally:
            cleaned.append(1)

    told = Told()
    driver = Driver(work(), told)
    driver.start()
    assert "waiting for <Future pending" in repr(driver)
    driver.cancel()
    await told.event.wait()
    assert isinstance(told.ends[0], asyncio.CancelledError)
    assert (future.cancelled(), cleaned) == (True, [1])


async def test_cancelling_wins_over_what_has_come_in_the_same_moment() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await future

    told = Told()
    driver = Driver(work(), told)
    driver.start()
    future.set_result("too late")
    driver.cancel()
    await told.event.wait()
    assert isinstance(told.ends[0], asyncio.CancelledError)


async def test_cancelling_between_two_turns() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise AssertionError("never reached")

    told = Told()
    driver = Driver(work(), told)
    driver.start()
    driver.cancel()
    await told.event.wait()
    assert isinstance(told.ends[0], asyncio.CancelledError)


async def test_what_swallows_a_cancellation_may_go_on() -> None:
    first, second = (asyncio.get_running_loop().create_future() for _ in range(2))

    async def work() -> None:
        try:
            await first
        except asyncio.CancelledError:
            await second

    told = Told()
    driver = Driver(work(), told)
    driver.start()
    driver.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.set_result(None)
    await told.event.wait()
    assert told.ends == [None]


async def test_cancelling_after_the_end_does_nothing() -> None:
    async def work() -> None:
        pass

    driver = Driver(work(), Told())
    assert driver.start()
    driver.cancel()
    await asyncio.sleep(0)
