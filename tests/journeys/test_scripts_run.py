"""The first thing that a newcomer does: clone, `scripts/run`, try what it shows, Ctrl-C. Nothing may be left behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 240  # seconds; packages are installed from the cache of pip, or from afar


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest commit, in a folder with a space in its name and nothing but what the repository holds."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git, or this is not a clone")
    folder = tmp_path_factory.mktemp("new") / "my projects" / "edge guard"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), str(folder)], check=True, timeout=60)
    return folder


def environment() -> dict[str, str]:
    """The caller's, without what would have it run another Python or take another folder for its environment."""
    own = ("EDGEGUARD_", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    path = ":".join(item for item in os.environ["PATH"].split(":") if ".venv" not in item)
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | {"PATH": path}


def session(leader: int) -> list[int]:
    """All processes of a session that run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] not in "ZX":
                found.append(int(stat.parent.name))
    return found


class Demo:
    """A running `scripts/run` in a session of its own, as in a terminal."""

    def __init__(self, folder: Path, ports: list[int], output: Path) -> None:
        self.https, self.http, self.admin = ports
        self.shown = output
        options = [f"--{name}={port}" for name, port in zip(("port", "http-port", "admin-port"), ports, strict=True)]
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [str(folder / "scripts" / "run"), *options],
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_shown(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while "Ctrl-C" not in self.shown.read_text():
            assert self.process.poll() is None, self.shown.read_text()
            assert time.monotonic() < deadline, self.shown.read_text()
            time.sleep(0.1)

    def ask(self, port: int, path: str, **fields: str) -> tuple[http.client.HTTPResponse, bytes]:
        if port == self.https:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection: http.client.HTTPConnection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
            response = connection.getresponse()
            return response, response.read()

    def end(self) -> None:
        for pid in session(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def demo(clone: Path, free_port: Callable[[], int], tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(clone, [free_port() for _ in range(3)], tmp_path / "shown")
    try:
        demo.wait_until_shown()
        yield demo
    finally:
        demo.end()


def closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_newcomers_first_minutes(demo: Demo, clone: Path) -> None:
    response, page = demo.ask(demo.https, "/", Accept="text/html")
    assert (response.status, b"It works." in page) == (200, True)
    assert response.headers["strict-transport-security"] is not None

    response, _ = demo.ask(demo.http, "/api/items")
    assert (response.status, response.headers["location"]) == (308, f"https://127.0.0.1:{demo.https}/api/items")

    first, body = demo.ask(demo.https, "/api/items")
    second, again = demo.ask(demo.https, "/api/items")
    assert (first.status, second.status, body) == (200, 200, again)
    assert "fwd=" in first.headers["cache-status"]
    assert "hit" in second.headers["cache-status"]

    attack, body = demo.ask(demo.https, "/api/items?search=%27%20OR%201%3D1%20UNION%20SELECT%20password%20FROM%20users--")
    assert (attack.status, attack.headers["content-type"]) == (403, "application/problem+json")
    problem = json.loads(body)
    assert problem["request_id"] == attack.headers["x-request-id"]

    statuses = [demo.ask(demo.https, "/echo", Authorization="Bearer demo-trial")[0].status for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3

    response, body = demo.ask(demo.admin, "/readyz")
    assert (response.status, json.loads(body)["ready"]) == (200, True)
    response, body = demo.ask(demo.admin, "/metrics")
    assert (response.status, b'verdict="blocked"} 1.0' in body) == (200, True)

    told = demo.shown.read_text()
    assert "Traceback" not in told
    (events,) = [Path(line.split()[1]) for line in told.splitlines() if line.startswith("Events")]
    assert problem["request_id"] in events.read_text()

    members = session(demo.process.pid)
    assert len(members) == 5  # the supervisor, a worker and its inspector, health and metrics, and the CMS
    os.killpg(demo.process.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
    assert demo.process.wait(20) == 0
    assert session(demo.process.pid) == []
    assert all(closed(port) for port in (demo.https, demo.http, demo.admin))
    assert not events.parent.exists()
    assert "Traceback" not in demo.shown.read_text()
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True, timeout=30)
    assert status.stdout == ""  # what it made is where git does not look


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_what_it_offers_to_try_does_what_it_says(demo: Demo) -> None:
    lines = demo.shown.read_text().splitlines()
    tries = {line.split("  ")[0].split(". ")[1]: lines[at + 1].strip() for at, line in enumerate(lines) if "→" in line}
    results = {
        "A page from the cache": lambda text: "200" in text and "; hit" in text,
        "An attack": lambda text: "HTTP/1.1 403" in text and "request_id" in text,
        "An editor who writes about attacks": lambda text: "HTTP/1.1 201" in text,
        "An attack in an article from nobody": lambda text: "HTTP/1.1 403" in text,
        "An article that would run script": lambda text: "HTTP/1.1 403" in text,
        "A query that asks too much": lambda text: "depth 9 is beyond 8" in text,
        "An account at its limit": lambda text: text.split() == ["200"] * 5 + ["429"] * 3,
        "Plain HTTP": lambda text: "HTTP/1.1 308" in text,
        "What the CMS got": lambda text: "x-request-id" in text.lower(),
        "A stream": lambda text: text.count("event: tick") == 5,
        "A CMS that boasts": lambda text: (
            "HTTP/1.1 200" in text and "\nserver:" not in text.lower() and "powered" not in text.lower()
        ),
        "What Prometheus sees": lambda text: 'verdict="blocked"} 4.0' in text,
    }
    assert set(tries) == set(results)  # a stop added to the tour wants its line above
    demo.ask(demo.https, "/api/items")
    for title, command in tries.items():
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, (title, done.stderr)
        assert results[title](done.stdout), (title, done.stdout)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_port_in_use_is_one_clear_line(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [str(clone / "scripts" / "run"), f"--port={port}"],
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STARTS_WITHIN,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    told = [line for line in done.stderr.splitlines() if not line.startswith(("Making", "Installing"))]
    assert len(told) == 1, told
    assert f"127.0.0.1:{port} is in use" in told[0]
