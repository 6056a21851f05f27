"""Real processes, seen from outside: what answers on the port, what the state says, and what is left behind."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from edgeguard.observe.state import State, is_alive, read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 40.0  # seconds until a test gives up; where patterns are compiled already, all of this takes well under five


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = threading.Event()
    held = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/held":
            self.asked.set()
            self.held.wait(PATIENCE)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


def wait_for(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.005)
    raise AssertionError("it did not come about")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


class Served:
    """`edgeguard serve` in a process of its own."""

    def __init__(self, folder: Path, origin: int) -> None:
        self.folder = folder
        self.port = free_port()
        self.admin = free_port()
        self.settings: dict[str, Any] = {
            "listeners": [{"address": "127.0.0.1", "port": self.port}],
            "origin": {"url": f"http://127.0.0.1:{origin}"},
            "workers": 2,
            "drain_seconds": 5,
            "observe": {"access_log": "off", "event_log": "off"},
            "admin": {"port": self.admin},
            "waf": {"rules": ["rules.yaml"]},
        }
        self.process: subprocess.Popen[str] | None = None
        self.runtime = Path()

    def write(self, **changed: Any) -> None:
        self.settings.update(changed)
        (self.folder / "edgeguard.yaml").write_text(yaml.safe_dump(self.settings))

    def start(self, **changed: Any) -> None:
        self.write(**changed)
        with (self.folder / "stderr").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "edgeguard", "serve", "-c", "edgeguard.yaml"], cwd=self.folder, stderr=log, text=True
            )

    def started(self, **changed: Any) -> State:
        self.start(**changed)
        self.runtime = wait_for(self._find_runtime)
        return self.state(lambda state: state.reload_ok)

    def _find_runtime(self) -> Path | None:
        for path in Path("/dev/shm").glob("edgeguard-*"):
            state = read_state(path)
            if state is not None and self.process is not None and state.supervisor == self.process.pid:
                return path
        return None

    def state(self, condition: Callable[[State], Any]) -> State:
        """The first state told in which `condition` holds."""
        found: list[State] = []

        def look() -> bool:
            state = read_state(self.runtime)
            if state is not None and condition(state):
                found.append(state)
            return bool(found)

        wait_for(look)
        return found[0]

    def get(self, path: str = "/", port: int = 0) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Connection": "close"})
        status = connection.getresponse().status
        connection.close()
        return status

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self) -> int:
        assert self.process is not None
        return self.process.wait(PATIENCE)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "stderr").read_text().splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def origin_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    yield server.server_address[1]
    Handler.held.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def served(tmp_path: Path, origin_port: int, rules: str) -> Iterator[Served]:
    (tmp_path / "rules.yaml").write_text(rules)
    made = Served(tmp_path, origin_port)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
        if made.runtime != Path():
            shutil.rmtree(made.runtime)  # a supervisor that is killed can't


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def inspectors(pid: int, number: int) -> list[int]:
    """The inspectors of a supervisor, once there are so many."""
    found = []
    for child in children(pid):
        with suppress(OSError):
            if Path(f"/proc/{child}/comm").read_text() == "eg-inspector\n":
                found.append(child)
    return found if len(found) == number else []


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        return True
    return False


def unusable(authority: Any) -> dict[str, str]:
    """TLS settings that only a worker finds to be wrong."""
    certificate, key = authority.issue()
    return {"certificate": str(certificate), "key": str(key), "ciphers": "NO-SUCH-CIPHER"}


class TestStart:
    def test_a_faulty_configuration_ends_it_with_a_fault_and_leaves_nothing(self, served: Served) -> None:
        served.start(workers=0)
        assert served.ended() == 1
        assert not served._find_runtime()

    def test_workers_that_can_not_start_end_it(self, served: Served, authority: Any) -> None:
        served.settings["listeners"][0]["tls"] = unusable(authority)
        served.start()
        assert served.ended() == 1
        assert "a worker died" in [line["event"] for line in served.log]


class TestStop:
    def test_it_drains_exits_with_0_and_leaves_nothing_behind(self, served: Served) -> None:
        state = served.started()
        assert served.process is not None
        processes = children(served.process.pid)
        assert len(processes) == 5  # workers, an inspector beside each, and the admin process
        answers: list[int] = []
        waiting = threading.Thread(target=lambda: answers.append(served.get("/held")))
        waiting.start()
        assert Handler.asked.wait(PATIENCE)
        served.signal(signal.SIGTERM)
        served.state(lambda state: state.draining)
        Handler.held.set()
        assert served.ended() == 0
        waiting.join()
        assert answers == [200]
        assert not served.runtime.exists()
        assert not any(is_alive(pid) for pid in processes)
        assert state.wanted == 2

    def test_a_second_signal_ends_it_at_once(self, served: Served) -> None:
        served.started(drain_seconds=600)
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(b"GET /x HTTP/1.1\r\n")
            served.signal(signal.SIGTERM)
            served.state(lambda state: state.draining)
            served.signal(signal.SIGTERM)
            assert served.ended() == 0

    def test_processes_end_with_a_supervisor_that_is_killed(self, served: Served) -> None:
        served.started()
        assert served.process is not None
        processes = children(served.process.pid)
        served.signal(signal.SIGKILL)
        served.ended()
        wait_for(lambda: not any(_runs(pid) for pid in processes))
        assert not listens(served.port)
        for path in served.runtime.iterdir():
            path.unlink()
        served.runtime.rmdir()


class TestReload:
    def test_a_good_configuration_takes_over(self, served: Served) -> None:
        before = served.started()
        other = free_port()
        served.write(listeners=[{"address": "127.0.0.1", "port": port} for port in (served.port, other)], workers=1)
        served.signal(signal.SIGHUP)
        after = served.state(lambda state: state.config != before.config and len(state.workers) == 1)
        assert after.reload_ok
        assert {worker.generation for worker in after.workers} == {2}
        assert (served.get(), served.get(port=other)) == (200, 200)

    def test_a_port_that_is_given_up_is_closed(self, served: Served) -> None:
        other = free_port()
        places = [{"address": "127.0.0.1", "port": port} for port in (served.port, other)]
        before = served.started(listeners=places)
        assert served.get(port=other) == 200
        served.write(listeners=places[:1])
        served.signal(signal.SIGHUP)
        served.state(lambda state: state.config != before.config)
        wait_for(lambda: not listens(other))
        assert served.get() == 200

    def test_a_faulty_configuration_changes_nothing_and_is_told(self, served: Served) -> None:
        before = served.started()
        served.write(workers=0)
        served.signal(signal.SIGHUP)
        after = served.state(lambda state: not state.reload_ok)
        assert "workers" in after.reload_error
        assert (after.config, after.workers) == (before.config, before.workers)
        # It stays so: only a reload that takes effect wipes it out.
        os.kill(before.workers[0].pid, signal.SIGKILL)
        later = served.state(lambda state: state.restarts == 1 and sum(worker.ready for worker in state.workers) == 2)
        assert not later.reload_ok
        assert served.get() == 200
        served.write(workers=1)
        served.signal(signal.SIGHUP)
        assert served.state(lambda state: state.reload_ok).reload_error == ""

    def test_workers_that_die_at_their_start_are_rolled_back(self, served: Served, authority: Any) -> None:
        before = served.started()
        other = free_port()
        broken = {"address": "127.0.0.1", "port": other, "tls": unusable(authority)}
        served.write(listeners=[{"address": "127.0.0.1", "port": served.port}, broken])
        served.signal(signal.SIGHUP)
        after = served.state(lambda state: not state.reload_ok)
        assert "did not start" in after.reload_error
        assert after.config == before.config
        assert served.state(lambda state: state.workers == before.workers)
        assert served.get() == 200
        wait_for(lambda: not listens(other))

    def test_a_port_in_use_is_told_and_nothing_changes(self, served: Served) -> None:
        before = served.started()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            other = taken.getsockname()[1]
            served.write(listeners=[{"address": "127.0.0.1", "port": port} for port in (served.port, other)])
            served.signal(signal.SIGHUP)
            after = served.state(lambda state: not state.reload_ok)
        assert f"127.0.0.1:{other} is in use" in after.reload_error
        assert after.workers == before.workers


class TestWorkers:
    def test_one_that_is_killed_is_replaced(self, served: Served) -> None:
        before = served.started()
        killed = before.workers[0].pid
        os.kill(killed, signal.SIGKILL)
        after = served.state(lambda state: state.restarts == 1 and sum(worker.ready for worker in state.workers) == 2)
        assert killed not in [worker.pid for worker in after.workers]
        assert served.get() == 200

    def test_the_admin_process_is_started_again(self, served: Served) -> None:
        before = served.started()
        assert served.process is not None
        pid = served.process.pid
        others = {worker.pid for worker in before.workers} | set(wait_for(lambda: inspectors(pid, 2)))
        (control,) = set(children(pid)) - others
        os.kill(control, signal.SIGKILL)
        wait_for(lambda: set(children(pid)) - others - {control})
        wait_for(lambda: listens(served.admin))


class TestInspectors:
    def test_one_that_is_killed_is_replaced_and_its_worker_stays(self, served: Served) -> None:
        before = served.started()
        assert served.process is not None
        pid = served.process.pid
        first, second = wait_for(lambda: inspectors(pid, 2))
        os.kill(first, signal.SIGKILL)
        after = wait_for(lambda: {*inspectors(pid, 2)} - {first, second})
        assert len(after) == 1
        assert served.state(lambda _: True).workers == before.workers
        assert "an inspector died" in [line["event"] for line in served.log]
        served.signal(signal.SIGTERM)
        assert served.ended() == 0
        assert not any(is_alive(one) for one in (second, *after))

    def test_one_ends_with_its_worker(self, served: Served) -> None:
        before = served.started(workers=1)
        assert served.process is not None
        pid = served.process.pid
        (gone,) = wait_for(lambda: inspectors(pid, 1))
        os.kill(gone, signal.SIGSTOP)  # busy, so to speak: it would not notice
        os.kill(before.workers[0].pid, signal.SIGKILL)
        served.state(lambda state: state.restarts == 1 and [worker.ready for worker in state.workers] == [True])
        wait_for(lambda: not _runs(gone))
        assert "an inspector died" not in [line["event"] for line in served.log]

    def test_old_ones_go_with_a_reload(self, served: Served) -> None:
        served.started()
        assert served.process is not None
        pid = served.process.pid
        before = wait_for(lambda: inspectors(pid, 2))
        served.write(drain_seconds=1)
        served.signal(signal.SIGHUP)
        served.state(lambda state: {worker.generation for worker in state.workers} == {2})
        wait_for(lambda: (now := inspectors(pid, 2)) and not {*now} & {*before})
        served.write(waf={"rules": ["rules.yaml"], "mode": "off"})
        served.signal(signal.SIGHUP)
        served.state(lambda state: {worker.generation for worker in state.workers} == {3})
        wait_for(lambda: len(children(pid)) == 3)

    def test_a_signal_to_all_leaves_it_to_its_worker(self, served: Served) -> None:
        served.started(workers=1)
        assert served.process is not None
        (one,) = wait_for(lambda: inspectors(served.process.pid, 1))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            os.kill(one, number)
        assert _runs(one)
        assert wait_for(lambda: inspectors(served.process.pid, 1)) == [one]


def _runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
