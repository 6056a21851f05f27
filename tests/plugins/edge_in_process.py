"""A whole worker in the test's own loop, a scripted origin behind it, and a client in front that sees every byte.

Fixtures for the conftests of the rooms that need them; `rules` can be overridden there.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
import uvloop
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.layout import Layout, Names
from edgeguard.server.blueprint import Blueprint, load
from edgeguard.server.sockets import bind
from edgeguard.server.worker import Worker

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 30.0  # seconds until a test gives up waiting; the loop keeps pytest's own timeout from being noticed

RULES = """
- id: t-1
  title: A word that nobody sends
  severity: critical
  match: {args: {http.request.query.values|contains: attackword}}
  tests: {match: [{query: {q: attackword}}], pass: [{query: {q: other}}]}
"""


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that runs in production."""
    return {"uvloop": uvloop.new_event_loop}


@dataclass
class Answer:
    """A response as a client reads it."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        found = [value for key, value in self.fields if key == name]
        assert len(found) == 1, (name, self.fields)
        return found[0]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


class Client:
    """The client's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def get(self, path: str = "/", *fields: str, method: str = "GET", version: str = "1.1") -> None:
        lines = [f"{method} {path} HTTP/{version}", "Host: cms.example", *fields, "", ""]
        self.send("\r\n".join(lines).encode())

    async def head(self) -> Answer:
        """A response's head alone."""
        async with asyncio.timeout(PATIENCE):
            start, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        pairs = [line.partition(": ") for line in lines]
        return Answer(int(start.split()[1]), [(name, value) for name, _, value in pairs], b"")

    async def read(self, method: str = "GET") -> Answer:
        """A whole response to `method`."""
        answer = await self.head()
        if method == "HEAD" or answer.status in (204, 304) or answer.status < 200:
            return answer
        if "content-length" in answer:
            answer.body = await self.reader.readexactly(int(answer["content-length"]))
        elif "transfer-encoding" in answer:
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                answer.body += (await self.reader.readexactly(size + 2))[:-2]
            assert await self.reader.readexactly(2) == b"\r\n"
        else:
            answer.body = await self.reader.read()
        return answer

    async def gone(self) -> bytes:
        """Wait until the edge has closed; what it still sent."""
        rest = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while piece := await self.reader.read(65536):
                    rest += piece
        return rest

    def reset(self) -> None:
        """Go away, leaving no doubt that nobody waits for an answer."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self.writer.transport.abort()


class Asked:
    """A request as the origin got it."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start, *lines = head.decode("latin-1").split("\r\n")[:-2]
        self.method, self.target, _ = start.split(" ")
        pairs = [line.partition(": ") for line in lines]
        self.fields = [(name, value) for name, _, value in pairs]
        self.reader = reader
        self.writer = writer
        self.content = b""

    def __getitem__(self, name: str) -> str:
        found = [value for key, value in self.fields if key == name]
        assert len(found) == 1, (name, self.fields)
        return found[0]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    async def body(self) -> bytes:
        if "content-length" in self:
            self.content = await self.reader.readexactly(int(self["content-length"]))
        elif "transfer-encoding" in self:
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                self.content += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        return self.content

    async def reply(self, body: bytes = b"ok", *fields: str, status: str = "200 OK") -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""]
        await self.send("\r\n".join(lines).encode() + body)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Script = Callable[[Asked], Awaitable[None]]


async def answer_ok(asked: Asked) -> None:
    """What an origin does unless a test says otherwise."""
    await asked.body()
    await asked.reply()


class Origin:
    """A server that answers as `script` says."""

    def __init__(self) -> None:
        self.script: Script = answer_ok
        self.asked: list[Asked] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self.errors: list[Exception] = []
        self.ended = 0
        self.server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while not writer.is_closing():
                asked = Asked(await reader.readuntil(b"\r\n\r\n"), reader, writer)
                self.asked.append(asked)
                await self.script(asked)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the edge has gone; scripts need not care
        except Exception as error:  # noqa: BLE001 - told at the test's end
            self.errors.append(error)
        finally:
            self.ended += 1
            self.tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        assert not self.errors


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    made = Origin()
    await made.start()
    yield made
    await made.stop()


@dataclass
class Edge:
    """A running worker."""

    worker: Worker
    cells: Cells
    sockets: list[socket.socket]
    folder: Path
    task: asyncio.Task[None]
    tls: ssl.SSLContext | None
    clients: list[Client] = field(default_factory=list)

    @property
    def listener(self) -> Any:
        return self.worker._listeners[0]

    @property
    def gateway(self) -> Any:
        """The gateway, whose parts a test may change."""
        return self.listener._make.__closure__[0].cell_contents

    @property
    def pool(self) -> Any:
        return self.gateway._rooms.answerer._pool

    @property
    def connection(self) -> Any:
        """The only connection there is."""
        (only,) = self.listener._open
        return only

    async def client(self, listener: int = 0, **options: Any) -> Client:
        port = self.sockets[listener].getsockname()[1]
        if self.tls is not None:
            options = {"ssl": self.tls, "server_hostname": "localhost", **options}
        client = Client(*await asyncio.open_connection("127.0.0.1", port, **options))
        self.clients.append(client)
        return client

    async def lines(self, log: str, count: int) -> list[dict[str, Any]]:
        """The first `count` lines of a log, as soon as they are there."""
        path = self.folder / f"{log}.log"
        await self.until(lambda: len(path.read_text().splitlines()) >= count)
        return [json.loads(line) for line in path.read_text().splitlines()]

    def meter(self, name: str, *labels: str) -> float:
        return self.cells.values[self.cells.index(name, *labels)]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop turn until something has come about."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - what is waited for is the code's own state, which has no event
                await asyncio.sleep(0.001)

    async def stop(self) -> None:
        for client in self.clients:
            client.close()
        self.worker._stop.set()
        await self.task


@pytest.fixture
def rules() -> str:
    return RULES


@pytest.fixture
def blueprint(tmp_path: Path, rules: str) -> Callable[[dict[str, Any]], Blueprint]:
    """Settings to what workers are made from, by way of a file."""

    def make(settings: dict[str, Any]) -> Blueprint:
        (tmp_path / "rules.yaml").write_text(rules)
        whole = {
            "listeners": [{"address": "127.0.0.1", "port": 0}],
            "drain_seconds": 1,
            "origin": {"url": "http://127.0.0.1:1"},
            "observe": {"access_log": str(tmp_path / "access.log"), "event_log": str(tmp_path / "event.log")},
            **settings,
        }
        whole["waf"] = {"rules": ["rules.yaml"], **settings.get("waf", {})}
        (tmp_path / "edgeguard.yaml").write_text(yaml.safe_dump(whole))
        return load(tmp_path / "edgeguard.yaml")

    return make


@pytest.fixture
async def edge(
    tmp_path: Path, origin: Origin, blueprint: Callable[[dict[str, Any]], Blueprint]
) -> AsyncIterator[Callable[..., Awaitable[Edge]]]:
    """`await edge(section={...})` starts a worker in front of `origin`; it must leave nothing behind at the end."""
    started: list[Edge] = []
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))

    async def start(tls: ssl.SSLContext | None = None, **settings: Any) -> Edge:
        settings["origin"] = {"url": f"http://127.0.0.1:{origin.port}", **settings.get("origin", {})}
        made = blueprint(settings)
        runtime = tmp_path / "run"
        runtime.mkdir()
        layout = Layout.build(
            Names(
                rules=tuple(made.ruleset.rule_ids),
                policies=("account", "address"),
                routes=tuple(route.name for route in made.config.routes),
                dynamic=tuple(rule.id for rule in made.dynamic),
            )
        )
        layout.publish(runtime)
        cells = Cells(cells_path(runtime, len(started) + 1), layout)
        sockets = [bind(listener.address, listener.port, "listener") for listener in made.config.listeners]
        reading, writing = os.pipe()
        worker = Worker(made, sockets, cells)
        task = asyncio.get_running_loop().create_task(worker.run(writing))
        edge = Edge(worker, cells, sockets, tmp_path, task, tls)
        started.append(edge)
        while not worker._listeners:
            await asyncio.sleep(0)
            if task.done():
                task.result()
        assert os.read(reading, 1) == b"r"
        os.close(reading)
        return edge

    yield start
    for item in started:
        for client in item.clients:
            client.close()
        if not item.task.done():
            await item.stop()
        for sock in item.sockets:
            sock.close()
        assert item.listener.empty
        assert item.listener._census.total == 0
        assert item.listener._census._by_address == {}
        assert item.meter("edgeguard_connections_open") == 0
    assert unhandled == []


class Authority:
    """A certificate authority for a test, and what it has signed, as PEM files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.ca = self._write("ca", self._sign(self.name, self.key, authority=True))

    def _sign(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool = False) -> x509.Certificate:
        end = datetime.now(UTC) + timedelta(days=2)
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=9))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def _write(self, stem: str, certificate: x509.Certificate) -> Path:
        path = self.folder / f"{stem}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def issue(self, stem: str = "server", passphrase: bytes = b"") -> tuple[Path, Path]:
        """A certificate for localhost, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._write(stem, self._sign(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, stem)]), key))
        path = self.folder / f"{stem}.key"
        kind = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kind))
        return certificate, path

    def listener(self, **settings: Any) -> dict[str, Any]:
        """A listener's section that speaks TLS."""
        certificate, key = self.issue()
        return {"address": "127.0.0.1", "port": 0, "tls": {"certificate": str(certificate), "key": str(key), **settings}}

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client needs."""
        return ssl.create_default_context(cafile=str(self.ca))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
