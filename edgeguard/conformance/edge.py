"""A running edge to send tests through: its own command, started on loopback with a configuration made for the purpose."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from edgeguard.conformance.cases import Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from edgeguard.config.model import Waf

_START_SECONDS: Final = 300.0  # to compile a rule set of a thousand rules on a busy machine
_STOP_SECONDS: Final = 20.0
_ANSWER_SECONDS: Final = 1.0  # as go-ftw waits; what promises a body and sends none waits so long
_SLOW_SECONDS: Final = 20.0
_LARGE: Final = 1 << 20


class EdgeFailed(Exception):
    """The edge did not start, or ended early; the text has its last words."""


class Edge:
    """An edge that serves while its `with` block runs, blocks nothing, and notes every match in its log.

    Attributes:
        port: of its listener, on 127.0.0.1.
        access_log: one line of JSON a request, with the ids of rules that matched.
        event_log: one line of JSON a finding, with the matches themselves.
    """

    def __init__(self, waf: Waf, origin: str) -> None:
        self._stack = ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="edgeguard-conformance-")))
        self.port = _free_port()
        self.access_log = self._folder / "access.jsonl"
        self.event_log = self._folder / "events.jsonl"
        self._config = self._folder / "edgeguard.yaml"
        self._config.write_text(json.dumps(_configuration(self, waf, origin), default=str))
        self._words = self._folder / "words"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        words = self._stack.enter_context(self._words.open("wb"))
        command = [sys.executable, "-m", "edgeguard", "serve", "-c", str(self._config)]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=words, stderr=words)  # noqa: S603 - our own command
        try:
            self._await_start(self._process)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def stop(self) -> None:
        """End the edge, so that its log is whole; it may still be read until the block ends."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def send(self, sent: bytes, *, wait: float = _SLOW_SECONDS) -> Outcome:
        """Send octets as they are, and read one answer; which rules matched, the log alone tells."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as link:
                link.sendall(sent)
                data = _read_answer(link)
        except (OSError, EOFError) as error:
            return Outcome(error=str(error) or type(error).__name__, sent=sent)
        head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
        status = head[0].split(b" ")[1:2]
        location = field(head, b"location")
        if not status or not status[0].isdigit():
            return Outcome(error="the answer is no HTTP", response=data, sent=sent)
        return Outcome(status=int(status[0]), response=data, sent=sent, location=location)

    def send_incomplete(self, sent: bytes) -> Outcome:
        """As `send`, of a request to which no answer is expected."""
        return self.send(sent, wait=_ANSWER_SECONDS)

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EdgeFailed(f"the edge ended with {process.returncode}: {self._last_words()}")
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise EdgeFailed(f"the edge did not accept connections within {_START_SECONDS:g} s: {self._last_words()}")

    def _last_words(self) -> str:
        return self._words.read_text("utf-8", "replace").strip()[-2000:]

    def _end(self) -> None:
        self.stop()
        self._stack.close()


def field(head: list[bytes], name: bytes) -> str:
    """The value of a response's field, or nothing."""
    for line in head[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().decode("latin-1")
    return ""


def _read_answer(link: socket.socket) -> bytes:
    """An answer's head and body; a body without a length ends with the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(link)
    head, _, body = data.partition(b"\r\n\r\n")
    length = field(head.split(b"\r\n"), b"content-length")
    with suppress(OSError, EOFError):  # an answer to HEAD has a length and no body; what has come is enough
        link.settimeout(_ANSWER_SECONDS / 10)
        while not length.isdigit() or len(body) < int(length):
            body += _more(link)
    return head + b"\r\n\r\n" + body


def _more(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise EOFError("the connection was closed without an answer")
    return data


def _configuration(edge: Edge, waf: Waf, origin: str) -> dict[str, Any]:
    """Everything that is no rule stays out of the way."""
    section = waf.model_dump(mode="json", exclude_defaults=True)
    return {
        "listeners": [{"address": "127.0.0.1", "port": edge.port}],
        "origin": {"url": origin},
        "workers": 1,
        "wire": {"request_line": _LARGE // 16, "header_bytes": _LARGE // 8, "header_fields": 1000},
        "admit": {"methods": []},
        "limits": {"policies": []},
        "waf": {**section, "mode": "shadow"},
        "cache": {"enabled": False},
        "observe": {"access_log": str(edge.access_log), "event_log": str(edge.event_log), "queue": 1_000_000, "matches": 1000},
        "admin": {"enabled": False},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
