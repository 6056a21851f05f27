"""Real processes to drive: an edge started by its own command, a scripted origin, a raw HTTP/1.1 client, Redis, PEM files.

Whatever a test starts is ended with it, also when it fails. Ports are taken below the range from which the kernel gives
ports to clients, so that no connection of a test running beside can take one between its choice and its use.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

RULES = """\
- id: journey-1
  title: A word that stands for an attack
  severity: critical
  match:
    word: {http.request.any|contains: attack-me}
  tests:
    match: [{path: "/?q=attack-me"}]
    pass: [{path: /}]
"""


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


def free_port() -> int:
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def until(condition: Callable[[], Any], seconds: float = 45.0) -> Any:
    """What `condition` gives, awaited where need be, once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if asyncio.iscoroutine(result):
            result = await result
        if result:
            return result
        assert time.monotonic() < deadline, "it has not come about in time"
        await asyncio.sleep(0.02)


@pytest.fixture(name="until")
def _until() -> Callable[..., Awaitable[Any]]:
    return until


@pytest.fixture(name="free_port")
def _free_port() -> Callable[[], int]:
    return free_port


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(name="alive")
def _alive() -> Callable[[int], bool]:
    return alive


def family(pid: int) -> list[int]:
    """A process and all that it has started, and so on."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


@pytest.fixture(name="family")
def _family() -> Callable[[int], list[int]]:
    return family


# --- the client


class Answer(NamedTuple):
    status: int
    fields: dict[str, str]  # names in lower case, values of one name joined with a comma
    body: bytes
    interim: list[int]  # statuses of 1xx before it


class Client:
    """One connection, written to and read from by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def ask(self, path: str, method: str = "GET", body: bytes | None = None, **fields: str) -> Answer:
        """Ask on this connection and read the answer; in the names of `fields`, `_` stands for `-`."""
        await self.send(request(path, method, body, **fields))
        return await self.answer(method)

    async def head(self) -> tuple[int, dict[str, str]]:
        raw = await self.reader.readuntil(b"\r\n\r\n")
        line, *rest = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        assert line.startswith("HTTP/1.1 "), line
        fields: dict[str, str] = {}
        for name, _, value in (item.partition(": ") for item in rest):
            fields[name.lower()] = f"{fields[name.lower()]}, {value}" if name.lower() in fields else value
        return int(line[9:12]), fields

    async def chunk(self) -> bytes:
        """One chunk; b"" is the last."""
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def answer(self, method: str = "GET") -> Answer:
        interim: list[int] = []
        status, fields = await self.head()
        while status < 200:
            interim.append(status)
            status, fields = await self.head()
        body = b""
        if method == "HEAD" or status in (204, 304):
            pass
        elif "content-length" in fields:
            body = await self.reader.readexactly(int(fields["content-length"]))
        elif fields.get("transfer-encoding") == "chunked":
            while piece := await self.chunk():
                body += piece
        else:
            body = await self.reader.read()
        return Answer(status, fields, body, interim)

    async def rest(self) -> bytes:
        """All that comes until the edge closes; a reset is an end, too."""
        with contextlib.suppress(ConnectionError):
            return await self.reader.read()
        return b""

    def close(self) -> None:
        self.writer.transport.abort()


def request(path: str = "/", method: str = "GET", body: bytes | None = None, **fields: str) -> bytes:
    """The bytes of a request; in the names of `fields`, `_` stands for `-`."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    if "host" not in {name.lower() for name in fields}:
        lines.insert(1, "Host: cms.example")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


@pytest.fixture(name="request_bytes")
def _request_bytes() -> Callable[..., bytes]:
    return request


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """`await connect(port)` opens a connection; it is closed at the end."""
    opened: list[Client] = []

    async def make(port: int, *, address: str | None = None, buffer: int | None = None, **more: Any) -> Client:
        sock = socket.socket()
        if buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        if address is not None:
            sock.bind((address, 0))
        sock.setblocking(False)  # noqa: FBT003 - the standard library's
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        except BaseException:
            sock.close()
            raise
        if "ssl" in more:
            more.setdefault("server_hostname", "localhost")
        opened.append(Client(*await asyncio.open_connection(sock=sock, **more)))
        return opened[-1]

    yield make
    for client in opened:
        client.close()
    await asyncio.sleep(0)


# --- the origin


class Received(NamedTuple):
    method: str
    target: str
    fields: dict[str, str]
    body: bytes


class Peer:
    """The origin's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, origin: Origin) -> None:
        self.reader = reader
        self.writer = writer
        self.origin = origin

    async def head(self) -> Received:
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = raw.removesuffix("\r\n\r\n").split("\r\n")
        method, target, _ = line.split(" ")
        self.origin.heads.append(raw)
        return Received(method, target, {name.lower(): value for name, _, value in (item.partition(": ") for item in rest)}, b"")

    async def chunk(self) -> bytes:
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def request(self) -> Received:
        received = await self.head()
        body = await self.reader.readexactly(int(received.fields.get("content-length", 0)))
        if "transfer-encoding" in received.fields:
            while piece := await self.chunk():
                body += piece
        return received._replace(body=body)

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.writer.transport.abort()


class Origin:
    """A server that follows a script on each connection, and closes it when the script ends.

    Attributes:
        heads: of all requests, as they came.
    """

    def __init__(self, script: Callable[[Peer], Awaitable[None]]) -> None:
        self.script = script
        self.heads: list[str] = []
        self.connections = 0
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._errors: list[Exception] = []

    @property
    def lines(self) -> list[str]:
        """The request lines, without the version."""
        return [head.partition(" HTTP/1.1\r\n")[0] for head in self.heads]

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        port = free_port()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=context, limit=1 << 18, backlog=512)
        self.url = f"https://localhost:{port}" if context else f"http://127.0.0.1:{port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = writer
        self.connections += 1
        try:
            await self.script(Peer(reader, writer, self))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the edge has gone; scripts need not care
        except Exception as error:  # noqa: BLE001 - told at the test's end
            self._errors.append(error)
        finally:
            writer.close()
            del self._tasks[task]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task, writer in list(self._tasks.items()):
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert not self._errors


def answering(handler: Callable[[Received], bytes]) -> Callable[[Peer], Awaitable[None]]:
    """A script that answers each request with what `handler` gives."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.send(handler(await peer.request()))

    return script


def ok(body: bytes = b"ok", *fields: str, status: str = "200 OK") -> bytes:
    """An answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: text/plain", *fields, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture(name="answering")
def _answering() -> Callable[..., Any]:
    return answering


@pytest.fixture(name="ok")
def _ok() -> Callable[..., bytes]:
    return ok


@pytest.fixture
async def make_origin() -> AsyncIterator[Callable[..., Awaitable[Origin]]]:
    """`await make_origin(script, context=None)` starts one; without a script it answers `ok` to everything."""
    started: list[Origin] = []

    async def make(script: Any = None, context: ssl.SSLContext | None = None) -> Origin:
        origin = Origin(script or answering(lambda _: ok()))
        await origin.start(context)
        started.append(origin)
        return origin

    yield make
    for origin in started:
        await origin.stop()


# --- the edge


class Edge:
    """`edgeguard serve` with a configuration of its own; what is given is laid over the sections here.

    Attributes:
        config: as it stands in the file; change it and call `write` for a reload.
    """

    def __init__(self, folder: Path, url: str, /, **config: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.admin = free_port()
        self.rules = folder / "rules.yaml"
        self.rules.write_text(RULES)
        self.config: dict[str, Any] = {
            "listeners": [{"address": "127.0.0.1", "port": self.port}],
            "origin": {"url": url},
            "workers": 1,
            "drain_seconds": 10,
            "limits": {"policies": []},
            "waf": {"rules": [str(self.rules)]},
            "observe": {"access_log": str(folder / "access.log"), "event_log": str(folder / "events.log")},
            "admin": {"port": self.admin},
        }
        for section, keys in config.items():
            self.config[section] = {**self.config.get(section, {}), **keys} if isinstance(keys, dict) else keys
        self.path = folder / "edgeguard.yaml"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def write(self) -> None:
        self.path.write_text(json.dumps(self.config))

    def told(self) -> str:
        """What it said on stderr."""
        return (self.folder / "stderr").read_text()

    async def start(self, **process: Any) -> None:
        """Start and wait until it serves; `process` is for `Popen`."""
        self.write()
        with (self.folder / "stderr").open("wb") as stderr:
            self.process = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "edgeguard", "serve", "-c", str(self.path)],
                cwd=self.folder,
                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": stderr, **process},
            )
        await until(lambda: "in force" in self.told() or self.ended())
        assert not self.ended(), self.told()

    def ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def reload(self) -> dict[str, Any]:
        """Write the configuration, send SIGHUP, and wait until it was taken or refused; /readyz from then."""
        self.write()
        before = len(self.told())
        self.signal(signal.SIGHUP)
        await until(lambda: any(word in self.told()[before:] for word in ("in force", "refused")))

        async def told() -> dict[str, Any] | None:
            ready = await self.ready()
            return ready if ready["reload"]["ok"] == ("in force" in self.told()[before:]) else None

        result: dict[str, Any] = await until(told)
        return result

    async def get(self, page: str) -> Answer:
        """A page of the admin address."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.admin)
        client = Client(reader, writer)
        try:
            await client.send(request(page, host=f"127.0.0.1:{self.admin}"))
            return await client.answer()
        finally:
            client.close()

    async def ready(self) -> dict[str, Any]:
        """/readyz."""
        content: dict[str, Any] = json.loads((await self.get("/readyz")).body)
        return content

    async def workers(self) -> list[int]:
        """Process ids of those that accept connections."""
        return [item["pid"] for item in (await self.ready())["workers"]["list"] if item["ready"]]

    async def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        text = (await self.get("/metrics")).body.decode()
        return sum(
            sample.value
            for one in text_string_to_metric_families(text)
            for sample in one.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    async def counts(self, expected: float, name: str, **labels: str) -> None:
        """Hold a metric to a figure; a client can have its answer a moment before it is counted."""
        deadline = time.monotonic() + 15
        while (found := await self.metric(name, **labels)) != expected:
            assert time.monotonic() < deadline, f"{name} {labels}: {found}, not {expected}"
            await asyncio.sleep(0.02)

    def lines(self, log: str = "access") -> list[dict[str, Any]]:
        """The whole lines of a log, so far."""
        path = self.folder / f"{log}.log"
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        await until(self.ended, 30)
        assert self.process is not None
        return self.process.wait()

    async def end(self) -> None:
        """Whatever state it is in. The loop goes on meanwhile, so that origins can finish what the edge waits for."""
        if self.process is None:
            return
        members = family(self.pid)
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(number)  # nothing happens where it has ended
            with contextlib.suppress(AssertionError):
                await until(self.ended, 4)
        for pid in members[1:]:
            if alive(pid) and self._is_ours(pid):
                os.kill(pid, signal.SIGKILL)

    def _is_ours(self, pid: int) -> bool:
        """The number may be another process's by now."""
        with contextlib.suppress(OSError):
            return f"-m\0edgeguard\0serve\0-c\0{self.path}" in Path(f"/proc/{pid}/cmdline").read_text()
        return False


@pytest.fixture
async def make_edge(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Edge]]]:
    """`await make_edge(origin's URL, section=...)` starts one and waits until it serves; `process` goes to `Popen`."""
    started: list[Edge] = []

    async def make(url: str, /, process: dict[str, Any] | None = None, **config: Any) -> Edge:
        folder = tmp_path / f"edge-{len(started)}"
        folder.mkdir()
        edge = Edge(folder, url, **config)
        started.append(edge)
        await edge.start(**process or {})
        return edge

    yield make
    for edge in started:
        await edge.end()
    for edge in started:
        assert "Traceback" not in edge.told()


# --- Redis


class RedisServer:
    """A redis-server of its own, in memory only, which a test may freeze and kill."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self.port = free_port()
        port = ("--port", "0", "--tls-port", str(self.port)) if "--tls-cert-file" in options else ("--port", str(self.port))
        self._command = [program, *port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), *options]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 45
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        raise RuntimeError(f"redis-server did not start on port {self.port}")

    def freeze(self) -> None:
        """It takes connections and bytes, because the kernel does, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def make_redis(tmp_path: Path) -> Iterator[Callable[..., RedisServer]]:
    program = os.environ.get("EDGEGUARD_REDIS_SERVER") or shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on PATH nor in EDGEGUARD_REDIS_SERVER")
    servers: list[RedisServer] = []

    def make(*options: str) -> RedisServer:
        servers.append(RedisServer(program, tmp_path, *options))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()


# --- certificates


class Authority:
    """A certificate authority for a test, and what it has signed, as PEM files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority {folder.name}")])
        self.ca = folder / "ca.pem"
        self._write(self.ca, self._name, self._key.public_key(), (), authority=True)

    def _write(self, path: Path, name: x509.Name, key: Any, names: tuple[str, ...], *, authority: bool) -> None:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            alternatives = [x509.IPAddress(ip_address(item)) if item[0].isdigit() else x509.DNSName(item) for item in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        path.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str, kind: str = "ec") -> tuple[Path, Path]:
        """Files of a certificate for `names` and of its key."""
        stem = f"{names[0]}-{kind}"
        key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, stem)])
        paths = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        self._write(paths[0], subject, key.public_key(), names, authority=False)
        encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        paths[1].write_bytes(key.private_bytes(*encoding))
        return paths

    def server_context(self, *names: str, ask_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(*names))
        if ask_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        return context

    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))


@pytest.fixture
def make_authority(tmp_path: Path) -> Callable[[str], Authority]:
    def make(name: str = "ours") -> Authority:
        folder = tmp_path / name
        folder.mkdir()
        return Authority(folder)

    return make
