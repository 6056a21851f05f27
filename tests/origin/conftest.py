"""A scripted origin on the loopback interface, and a pool with a clock that only the test moves.

A script is a coroutine function that gets a `Peer` for each connection and says, step by step, what the origin does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edgeguard.clock import ManualClock
from edgeguard.config.model import Origin
from edgeguard.message import Body, Headers, Request
from edgeguard.origin.pool import Pool

if TYPE_CHECKING:
    from pathlib import Path


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that runs in production."""
    return {"uvloop": uvloop.new_event_loop}


class Peer:
    """The origin's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number

    async def request(self) -> bytes:
        """A whole request: its head, and its content with the framing left on."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b": ")
            if name == b"content-length":
                return head + await self.reader.readexactly(int(value))
            if name == b"transfer-encoding":
                return head + await self.reader.readuntil(b"0\r\n\r\n")
        return head

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> bytes:
        """Wait until the edge closes; what it still sent."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""

    def reset(self) -> None:
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


class ScriptedOrigin:
    """A server that follows a script on each connection, and closes it when the script ends."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.peers: list[Peer] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self.errors: list[BaseException] = []
        self.url = ""
        self.server: asyncio.Server | None = None

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        peer = Peer(reader, writer, len(self.peers))
        self.peers.append(peer)
        try:
            await self.script(peer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the edge has gone; scripts need not care
        except Exception as error:  # noqa: BLE001 - told at the test's end
            self.errors.append(error)
        finally:
            self.tasks.discard(task)
            writer.close()

    async def start(self, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", port, ssl=context)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"{'https' if context else 'http'}://{'localhost' if context else '127.0.0.1'}:{port}"

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for peer in self.peers:
            peer.writer.transport.abort()
        await asyncio.sleep(0)
        assert not self.errors


@pytest.fixture
async def origin() -> AsyncIterator[Callable[..., Awaitable[ScriptedOrigin]]]:
    """`await origin(script)` starts one; `context` makes it speak TLS."""
    started: list[ScriptedOrigin] = []

    async def start(script: Script, context: ssl.SSLContext | None = None, port: int = 0) -> ScriptedOrigin:
        made = ScriptedOrigin(script)
        await made.start(context, port)
        started.append(made)
        return made

    yield start
    for made in started:
        await made.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def pool(clock: ManualClock) -> AsyncIterator[Callable[..., Pool]]:
    """`pool(url, ...)` makes one with the settings given; it is closed at the end, and must hold nothing then."""
    made: list[Pool] = []

    def make(*urls: str, **settings: Any) -> Pool:
        made.append(Pool(Origin(urls=list(urls), **settings), clock))
        return made[-1]

    yield make
    for item in made:
        await item.close()
        snapshot = item.snapshot()
        assert snapshot["opened"] == snapshot["closed"]
        assert snapshot["waiting"] == 0
        assert [(server["in_flight"], server["idle"], server["connections"]) for server in snapshot["endpoints"]] == [
            (0, 0, 0)
        ] * len(snapshot["endpoints"])


class PieceBody(Body):
    """A request's body that comes in pieces; an exception among them is raised in its turn, an event is waited for."""

    __slots__ = ("abandoned", "pieces")

    def __init__(self, *pieces: bytes | Exception | asyncio.Event, length: int | None = None) -> None:
        super().__init__(None, length)
        self.pieces = list(pieces)
        self.abandoned = False

    async def read(self) -> bytes:
        while self.pieces:
            piece = self.pieces.pop(0)
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, bytes):
                return piece
            await piece.wait()
        return b""

    def abandon(self) -> None:
        self.abandoned = True


@pytest.fixture
def piece_body() -> type[PieceBody]:
    return PieceBody


@pytest.fixture
def request_of() -> Callable[..., Request]:
    """A request: method, path, body, further fields."""

    def make(
        method: str = "GET", path: str = "/", body: Body | bytes = b"", fields: tuple[tuple[bytes, bytes], ...] = ()
    ) -> Request:
        return Request(
            method.encode(),
            path.encode(),
            path.encode(),
            None,
            b"https",
            b"cms.example",
            Headers([(b"host", b"ignored.example"), (b"accept", b"*/*"), *fields]),
            Body(body) if isinstance(body, bytes) else body,
        )

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Let the event loop turn until something has come about; the test's timeout bounds it."""

    async def wait(condition: Callable[[], object]) -> None:
        while not condition():  # noqa: ASYNC110 - what is waited for is the code's own state, which has no event
            await asyncio.sleep(0.0005)

    return wait


@pytest.fixture
def answer() -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Authority:
    """A certificate authority for a test, and what it has signed, as PEM files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.certificate = self._sign(self.name, self.key, authority=True)
        self.ca = self._write("ca", self.certificate)

    def _sign(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        names: tuple[str, ...] = (),
        days: int = 2,
        authority: bool = False,
    ) -> x509.Certificate:
        end = datetime.now(UTC) + timedelta(days=days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=9))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            alternatives = [x509.IPAddress(ip_address(item)) if item[0].isdigit() else x509.DNSName(item) for item in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _write(self, stem: str, certificate: x509.Certificate) -> Path:
        path = self.folder / f"{stem}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def issue(self, stem: str, *names: str, days: int = 2) -> tuple[Path, Path]:
        """A certificate for `names` and its key; negative days make it expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, stem)])
        certificate = self._write(stem, self._sign(subject, key, names=names, days=days))
        path = self.folder / f"{stem}.key"
        path.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return certificate, path

    def server_context(self, *names: str, days: int = 2, ask_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue("server", *names, days=days))
        if ask_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
