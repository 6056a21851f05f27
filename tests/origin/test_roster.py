from __future__ import annotations

import pytest

from edgeguard.clock import ManualClock
from edgeguard.config.model import Origin
from edgeguard.errors import ClientFault, EdgeFault, OriginFault
from edgeguard.origin.address import parse
from edgeguard.origin.connection import IDLE, Connection, State
from edgeguard.origin.roster import Endpoint, Roster

FAULT = OriginFault(502, "connection_refused")


class Books:
    """A roster, and connections that are made without any network."""

    def __init__(self, *urls: str, **settings) -> None:
        self.clock = ManualClock()
        self.settings = Origin(urls=list(urls) or ["http://a.example"], **settings)
        self.roster = Roster([parse(url) for url in self.settings.urls], self.settings, self.clock)

    def dialled(self, endpoint: Endpoint) -> Connection:
        connection = Connection(endpoint, self.roster, self.settings, self.clock)
        connection.state = State.TAKEN
        self.roster.made(connection)
        return connection

    def answered(self, connection: Connection) -> None:
        connection.exchanges += 1
        connection.park()
        self.roster.done(connection, reusable=True)

    def fail(self, endpoint: Endpoint, times: int = 5) -> None:
        for _ in range(times):
            endpoint.opened += 1
            endpoint.in_flight += 1
            self.roster.unmade(endpoint, FAULT)


async def test_the_connection_used_last_is_given_first() -> None:
    books = Books()
    first, second = (books.dialled(books.roster.acquire()) for _ in range(2))
    books.answered(first)
    books.answered(second)
    assert books.roster.acquire() is second
    assert books.roster.acquire() is first
    assert repr(books.roster) == (
        "<Roster of [<Endpoint http://a.example, 2 in flight, 0 idle of 2, Health(healthy, failures=0, ejections=0)>], 0 waiting>"
    )


async def test_nothing_is_had_without_room() -> None:
    books = Books(connections=1)
    books.roster.acquire()
    assert books.roster.acquire() is None


async def test_a_fresh_one_takes_the_place_of_an_idle_one() -> None:
    books = Books(connections=2)
    first, second = (books.dialled(books.roster.acquire()) for _ in range(2))
    books.answered(first)
    assert books.roster.acquire(fresh=True) is second.endpoint
    assert (first.state, second.state) == (State.CLOSED, State.TAKEN)
    assert second.endpoint.opened == 2


async def test_nobody_overtakes_the_queue() -> None:
    books = Books(connections=1)
    connection = books.dialled(books.roster.acquire())
    waiters = [books.roster.join() for _ in range(2)]
    books.answered(connection)
    assert [waiter.done() for waiter in waiters] == [True, False]
    assert waiters[0].result() is connection
    assert books.roster.acquire() is None
    books.roster.give_back(connection)
    assert waiters[1].done()
    assert books.roster.waiting == 0


async def test_the_queue_is_bounded_and_can_be_absent() -> None:
    books = Books(connections=1, queue=0)
    books.roster.acquire()
    with pytest.raises(EdgeFault, match="503 connection_limit_reached"):
        books.roster.join()
    assert books.roster.failures == {"connection_limit_reached": 1}


async def test_whoever_waits_gets_the_place_of_a_lost_connection() -> None:
    books = Books(connections=1)
    connection = books.dialled(books.roster.acquire())
    waiter = books.roster.join()
    connection.close(FAULT)
    assert waiter.result() is connection.endpoint
    assert (connection.endpoint.opened, connection.endpoint.in_flight) == (1, 1)


async def test_a_connection_closed_between_giving_and_taking_is_counted_once() -> None:
    books = Books(connections=1)
    connection = books.dialled(books.roster.acquire())
    waiter = books.roster.join()
    books.answered(connection)
    connection.connection_lost(None)
    books.roster.leave(waiter)
    assert (connection.endpoint.opened, connection.endpoint.in_flight, connection.endpoint.idle) == (0, 0, [])
    assert connection.endpoint.health.failures == 0


class TestHealth:
    async def test_an_ejected_server_gets_nothing_until_its_probe(self) -> None:
        books = Books("http://a.example", "http://b.example")
        a, b = books.roster.endpoints
        books.fail(a)
        assert {books.roster.acquire() for _ in range(4)} == {b}
        books.clock.advance(5)
        leases = [books.roster.acquire() for _ in range(4)]
        assert leases.count(a) == 1
        books.answered(books.dialled(a))
        assert repr(a.health) == "Health(healthy, failures=0, ejections=1)"

    async def test_when_all_are_ejected_the_one_back_first_is_tried(self) -> None:
        books = Books("http://a.example", "http://b.example")
        a, b = books.roster.endpoints
        books.fail(b)
        books.clock.advance(1)
        books.fail(a)
        assert {books.roster.acquire() for _ in range(4)} == {b}

    async def test_but_not_for_a_second_try(self) -> None:
        books = Books("http://a.example", "http://b.example")
        a, b = books.roster.endpoints
        books.fail(b)
        assert books.roster.acquire(avoid=a) is None

    async def test_an_only_server_is_never_ejected(self) -> None:
        books = Books()
        (a,) = books.roster.endpoints
        books.fail(a, 50)
        assert books.roster.acquire() is a
        assert a.health.ejections == 0

    @pytest.mark.parametrize("fault", [None, ClientFault(400, "bad"), EdgeFault(503, "connection_limit_reached")])
    async def test_what_is_not_its_fault_does_not_count(self, fault) -> None:
        books = Books("http://a.example", "http://b.example")
        a = books.roster.endpoints[0]
        for _ in range(9):
            a.opened += 1
            a.in_flight += 1
            books.roster.unmade(a, fault)
        assert a.health.failures == 0

    async def test_a_connection_closed_for_idleness_does_not_count(self) -> None:
        books = Books("http://a.example", "http://b.example")
        for exchanges, failures in ((2, 0), (1, 1)):
            endpoint = books.roster.acquire()
            connection = books.dialled(endpoint)
            connection.exchanges = exchanges
            connection.state = State.WAITING
            connection.close(OriginFault(502, "connection_terminated"))
            assert endpoint.health.failures == failures

    async def test_all_full_but_one_that_is_ejected_means_waiting(self) -> None:
        books = Books("http://a.example", "http://b.example", connections=1, queue_seconds=9)
        a, b = books.roster.endpoints
        books.fail(a)
        assert books.roster.acquire() is b
        assert books.roster.acquire() is None
        waiter = books.roster.join()
        books.clock.advance(5)
        assert books.roster.acquire() is None  # there is room now, and it is not for latecomers
        books.roster.sweep()
        assert waiter.result() is a


async def test_sweeping_tells_whoever_waited_too_long() -> None:
    books = Books(connections=1, queue_seconds=2)
    books.roster.acquire()
    first = books.roster.join()
    books.clock.advance(1)
    second = books.roster.join()
    books.clock.advance(1)
    books.roster.sweep()
    assert isinstance(first.exception(), EdgeFault)
    assert not second.done()
    assert books.roster.waiting == 1
    books.roster.leave(second)
    assert books.roster.waiting == 0


async def test_shutting_down_empties_everything() -> None:
    books = Books(connections=2)
    idle, busy = (books.dialled(books.roster.acquire()) for _ in range(2))
    books.answered(idle)
    assert idle.state is IDLE
    books.roster.shut_down()
    assert (idle.state, busy.state) == (State.CLOSED, State.CLOSED)
    for connection in (idle, busy):
        assert not books.roster.emptied.is_set()
        connection.connection_lost(None)
    assert books.roster.emptied.is_set()
    assert books.roster.acquire() is None
    with pytest.raises(EdgeFault, match="503 destination_unavailable"):
        books.roster.join()
