from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from edgeguard.cache import coalesce as module
from edgeguard.cache.coalesce import Flight, Flights, alone

if TYPE_CHECKING:
    from edgeguard.clock import ManualClock

KEY = (b"https cms.example /", False)


@pytest.fixture
def flights(clock: ManualClock) -> Flights:
    return Flights(5.0, clock)


async def waiting(flight: Flight) -> asyncio.Task[bool]:
    task = asyncio.create_task(flight.wait())
    await asyncio.sleep(0)
    return task


@pytest.mark.parametrize("stored", [True, False])
async def test_one_leads_and_all_others_wake_at_once_with_the_outcome(flights: Flights, stored: bool) -> None:
    leader = flights.join(KEY)
    tasks = [await waiting(flights.join(KEY)) for _ in range(99)]
    assert leader.leader
    assert repr(leader) == "Flight(leader, 99 waiting)"
    leader.land(stored=stored)
    assert await asyncio.gather(*tasks) == [stored] * 99
    assert len(flights) == 0


async def test_other_urls_and_other_credentials_do_not_wait_for_each_other(flights: Flights) -> None:
    assert flights.join(KEY).leader
    assert flights.join((b"other", False)).leader
    assert flights.join((KEY[0], True)).leader


async def test_other_variants_do_not_wait_for_each_other(flights: Flights) -> None:
    leaders = [flights.join(KEY, variant) for variant in (b"", b"=gzip", b"=br")]
    assert all(flight.leader for flight in leaders)
    leaders[1].land(stored=True)
    assert [flights.join(KEY, variant).leader for variant in (b"", b"=gzip", b"=br")] == [False, True, False]


async def test_a_leader_that_leaves_wakes_the_others(flights: Flights) -> None:
    began = asyncio.Event()

    async def lead() -> None:
        flight = flights.join(KEY)
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            flight.land(stored=False)

    leader = asyncio.create_task(lead())
    await began.wait()
    tasks = [await waiting(flights.join(KEY)) for _ in range(3)]
    leader.cancel()
    assert await asyncio.gather(*tasks) == [False] * 3
    with pytest.raises(asyncio.CancelledError):
        await leader


async def test_a_follower_that_is_cancelled_takes_nobody_along(flights: Flights) -> None:
    leader = flights.join(KEY)
    leaving, staying = [await waiting(flights.join(KEY)) for _ in range(2)]
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    leader.land(stored=True)
    assert await staying is True


async def test_a_follower_can_not_end_the_flight(flights: Flights) -> None:
    leader = flights.join(KEY)
    flights.join(KEY).land(stored=True)
    assert not flights.join(KEY).leader
    leader.land(stored=False)


async def test_the_first_landing_counts(flights: Flights) -> None:
    leader = flights.join(KEY)
    task = await waiting(flights.join(KEY))
    leader.land(stored=True)
    leader.land(stored=False)
    assert await task is True


async def test_nobody_waits_for_longer_than_the_flight_lasts(clock: ManualClock) -> None:
    flights = Flights(0.01, clock)
    leader = flights.join(KEY)
    assert await flights.join(KEY).wait() is False
    successor = flights.join(KEY)
    assert successor.leader
    leader.land(stored=True)  # too late, and not the successor's business
    assert not flights.join(KEY).leader
    successor.land(stored=True)


async def test_who_joins_a_flight_that_is_over_does_not_wait(flights: Flights) -> None:
    leader, follower = flights.join(KEY), flights.join(KEY)
    leader.land(stored=True)
    assert await follower.wait() is False


async def test_what_is_not_shareable_is_waited_for_by_nobody_for_a_while(flights: Flights, clock: ManualClock) -> None:
    flights.let_pass(KEY)
    assert repr(flights.join(KEY)) == repr(flights.join(KEY)) == "Flight(leader, alone)"
    assert flights.join((KEY[0], True))._fetch is not None
    clock.advance(module._PASS_SECONDS)
    flights.join(KEY)
    assert not flights.join(KEY).leader


async def test_a_stored_answer_ends_that_memory(flights: Flights) -> None:
    flights.let_pass(KEY)
    flights.hold(KEY)
    flights.join(KEY)
    assert not flights.join(KEY).leader


def test_that_memory_is_bounded(flights: Flights) -> None:
    for number in range(module._PASSES + 10):
        flights.let_pass((b"%d" % number, False))
    assert len(flights._passes) == module._PASSES
    assert (b"0", False) not in flights._passes


async def test_alone_leads_nobody() -> None:
    flight = alone()
    assert flight.leader
    assert await flight.wait() is False
    flight.land(stored=True)
