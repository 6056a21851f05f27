from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import orjson
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from edgeguard.config.model import Admin
from edgeguard.control import site as module
from edgeguard.control.site import AdminServer, Site
from edgeguard.observe.state import write_state

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from edgeguard.observe.state import State


@pytest_asyncio.fixture
async def port(runtime: Path) -> AsyncIterator[int]:
    server = AdminServer(Site(Admin(), runtime))
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    yield listener.sockets[0].getsockname()[1]
    listener.close()
    await server.shutdown(1)
    await listener.wait_closed()


@pytest_asyncio.fixture
async def client(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def raw(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_healthz_says_that_the_process_lives(client: aiohttp.ClientSession) -> None:
    async with client.get("/healthz") as response:
        assert response.status == 200
        assert await response.json() == {"alive": True}


async def test_readyz_follows_the_state(client: aiohttp.ClientSession, runtime: Path, state: State) -> None:
    for change, status in ((None, 503), ({}, 200), ({"draining": True}, 503), ({"reload_ok": False}, 200)):
        if change is not None:
            write_state(runtime, replace(state, **change))
        async with client.get("/readyz") as response:
            assert response.status == status
            assert (await response.json())["ready"] is (status == 200)


async def test_metrics_in_both_formats(client: aiohttp.ClientSession, runtime: Path, state: State) -> None:
    write_state(runtime, state)
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        families = {family.name for family in text_string_to_metric_families(await response.text())}
        assert "edgeguard_workers" in families
    async with client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}) as response:
        assert response.headers["Content-Type"].startswith("application/openmetrics-text")
        assert (await response.text()).endswith("# EOF\n")


async def test_head_has_no_body(client: aiohttp.ClientSession) -> None:
    async with client.head("/healthz") as response:
        assert response.status == 200
        assert await response.read() == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
async def test_nothing_can_be_changed(method: str, client: aiohttp.ClientSession) -> None:
    async with client.request(method, "/metrics") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/admin", "/../etc/passwd", "/%2e%2e/x"])
async def test_all_else_is_not_found(path: str, client: aiohttp.ClientSession) -> None:
    async with client.get(path) as response:
        assert response.status == 404
        assert (await response.json())["error"] == "not found"


async def test_a_rebound_name_gets_nothing(client: aiohttp.ClientSession) -> None:
    async with client.get("/metrics", headers={"Host": "evil.example"}) as response:
        assert response.status == 421
        assert b"edgeguard_" not in await response.read()


async def test_two_hosts_get_nothing(port: int) -> None:
    answer = await raw(port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] in {b"400", b"421"}


ANSWERS = {
    "200": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "404": b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "413": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
    "421": b"GET /healthz HTTP/1.0\r\n\r\n",
    "400": b"\x00\xff\r\n\r\n",
    "400 long line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "400 long field": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("status", ANSWERS)
async def test_every_answer_is_hardened_and_names_no_product(status: str, port: int) -> None:
    answer = await raw(port, ANSWERS[status])
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.split()[1] == status[:3].encode()
    assert b"\r\nserver:" not in head
    assert b"aiohttp" not in answer.lower()
    assert b"\r\nx-content-type-options: nosniff" in head
    assert b"\r\ncontent-security-policy: default-src 'none'" in head


async def test_a_page_that_breaks_tells_nothing(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside story")

    monkeypatch.setattr(module, "render", broken)
    async with client.get("/metrics") as response:
        assert response.status == 500
        assert orjson.loads(await response.read()) == {"error": "internal error, see the edge's log"}
    assert "the inside story" in caplog.text


async def test_connections_are_bounded(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTIONS", 2)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    await raw_until_accepted(held)
    assert await raw(port, b"") == b""
    for _, writer in held:
        writer.close()
        await writer.wait_closed()


async def test_a_connection_that_says_nothing_is_closed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.05)
    assert await raw(port, b"GET /healthz HT") == b""


async def test_those_that_hang_up_without_a_word_are_forgotten(runtime: Path) -> None:
    server = AdminServer(Site(Admin(), runtime))
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    for _ in range(3 * module.CONNECTIONS):
        await raw_end(listener.sockets[0].getsockname()[1])
    assert 0 < len(server._silent) <= module.CONNECTIONS
    listener.close()
    await server.shutdown(1)


async def raw_end(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_connection_that_has_asked_stays(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await raw_until_accepted([(reader, writer)])
    assert await raw(port, b"") == b"", "opened later, so its time is over later"
    assert b'"alive"' in await reader.readuntil(b"}\n")
    await raw_until_accepted([(reader, writer)])
    writer.close()
    await writer.wait_closed()


async def raw_until_accepted(held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    for reader, writer in held:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n")
