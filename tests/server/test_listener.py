from __future__ import annotations

import asyncio
import resource
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.server import listener as module
from edgeguard.server import worker
from edgeguard.server.listener import Census

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Start = Callable[..., Awaitable[Any]]


class TestCensus:
    def test_it_counts_and_forgets(self) -> None:
        census = Census(3, 2)
        assert [census.enter(address) for address in ("a", "a", "a", "b", "c")] == ["", "", "address", "", "full"]
        assert repr(census) == "Census(3 of 3, 2 addresses)"
        for address in ("a", "b", "a"):
            census.leave(address)
        assert (census.total, census._by_address) == (0, {})

    def test_a_network_of_ipv6_is_one_client(self) -> None:
        census = Census(9, 2)
        addresses = ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1")
        assert [census.enter(address) for address in addresses] == ["", "", "address", "", "", "", "address"]
        for number in (0, 1, 3, 4, 5):
            census.leave(addresses[number])
        assert (census.total, census._by_address) == (0, {})


class TestBounds:
    async def test_one_address_has_so_many(self, edge: Start) -> None:
        started = await edge(wire={"connections_per_address": 2})
        kept = [await started.client() for _ in range(2)]
        assert await (await started.client()).gone() == b""
        assert started.meter("edgeguard_connections_refused_total", "address") == 1
        kept[0].close()
        await started.until(lambda: started.listener._census.total == 1)
        client = await started.client()
        client.get()
        assert (await client.read()).status == 200

    async def test_all_together_have_so_many_over_all_listeners(self, edge: Start) -> None:
        started = await edge(wire={"connections": 2}, listeners=[{"address": "127.0.0.1", "port": 0} for _ in range(2)])
        clients = [await started.client(number) for number in (0, 1)]
        await started.until(lambda: started.listener._census.total == 2)
        assert await (await started.client(1)).gone() == b""
        assert started.meter("edgeguard_connections_refused_total", "full") == 1
        assert started.meter("edgeguard_connections_open") == len(clients)

    async def test_they_count_before_the_handshake(self, edge: Start, authority: Any) -> None:
        started = await edge(listeners=[authority.listener()], wire={"connections_per_address": 1})
        silent = await started.client()
        await started.until(lambda: started.listener._census.total == 1)
        refused = await started.client()
        assert await refused.gone() == b""
        silent.close()
        await started.until(lambda: started.listener._census.total == 0)


class TestHandshake:
    async def test_silence_ends_it(self, edge: Start, authority: Any) -> None:
        started = await edge(listeners=[authority.listener()], wire={"header_seconds": 0.1})
        assert await (await started.client()).gone() == b""
        await started.until(lambda: started.listener.empty)
        assert started.meter("edgeguard_tls_handshakes_total", "failed") == 1
        assert started.meter("edgeguard_connections_open") == 0

    @pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x00\x05junk!", b"\x00" * 5000])
    async def test_garbage_ends_it(self, edge: Start, authority: Any, garbage: bytes) -> None:
        started = await edge(listeners=[authority.listener()])
        client = await started.client()
        client.send(garbage)
        await client.gone()
        await started.until(lambda: started.listener.empty)
        assert started.listener._census.total == 0

    async def test_a_client_that_goes_away_in_it(self, edge: Start, authority: Any) -> None:
        started = await edge(listeners=[authority.listener()])
        for _ in range(3):
            client = await started.client()
            client.send(b"\x16\x03\x01")
            client.reset()
        await started.until(lambda: started.meter("edgeguard_connections_accepted_total") == 3)
        await started.until(lambda: started.listener.empty)

    async def test_a_good_one_is_counted(self, edge: Start, authority: Any) -> None:
        started = await edge(tls=authority.trust, listeners=[authority.listener()])
        client = await started.client()
        client.get()
        assert (await client.read()).status == 200
        assert started.meter("edgeguard_tls_handshakes_total", "done") == 1

    async def test_versions_below_the_least_are_refused(self, edge: Start, authority: Any) -> None:
        started = await edge(listeners=[authority.listener(minimum="1.3")])
        old = authority.trust
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await started.client(ssl=old, server_hostname="localhost")
        await started.until(lambda: started.listener.empty)


async def test_out_of_descriptors_it_pauses_and_goes_on(edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.02)
    started = await edge()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    client = socket.socket()
    client.setblocking(False)  # noqa: FBT003 - the standard library's
    resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 1, hard))
    fill = []
    try:
        while True:
            fill.append(socket.socket())
    except OSError:
        pass
    try:
        await asyncio.get_running_loop().sock_connect(client, started.sockets[0].getsockname())
        await started.until(lambda: started.meter("edgeguard_connections_refused_total", "descriptors") >= 2)
    finally:
        for sock in fill:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await started.until(lambda: started.listener._open)
    client.close()


class TestDraining:
    async def test_an_answer_under_way_is_finished_and_says_that_it_is_the_last(self, edge: Start, origin: Any) -> None:
        go_on = asyncio.Event()

        async def script(asked: Any) -> None:
            await go_on.wait()
            await asked.reply()

        origin.script = script
        started = await edge()
        client = await started.client()
        client.get()
        await started.until(lambda: origin.asked)
        started.worker._stop.set()
        await started.until(lambda: started.listener.draining)
        assert repr(started.listener) == "Listener(1 open, 0 entering, draining)"
        go_on.set()
        answer = await client.read()
        assert (answer.status, answer["connection"]) == (200, "close")
        assert await client.gone() == b""
        client.close()
        await started.task

    async def test_idle_connections_are_closed(self, edge: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker, "IDLE_GRACE_SECONDS", 0.0)
        started = await edge()
        client = await started.client()
        client.get()
        await client.read()
        started.worker._stop.set()
        assert await client.gone() == b""
