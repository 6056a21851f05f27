"""A raw HTTP/1 client: sends a sample's bytes as they are, whatever they are, and reads what comes back.

A connection is kept where the request's end is beyond doubt, and taken anew where it is not.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reflector import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sample import Sample

_SECONDS = 2.0  # a request that is waiting for more of its body gets none
_NONE = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program answered.

    Attributes:
        status: 0 where the connection ended, or stayed silent, without one.
        id: what the program calls the exchange, from X-Request-ID; empty where it did not say.
        port: the client's own, by which a log may tell the exchange.
        passed: whether it is the origin's own answer.
        timed_out: whether nothing came within the time that an answer may take.
    """

    status: int
    id: str = ""
    port: int = 0
    passed: bool = False
    timed_out: bool = False


class Client:
    """One connection at a time to a port, of loopback where nothing is said; `seconds` is how long an answer may take."""

    def __init__(self, port: int, seconds: float = _SECONDS, *, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._source = ""
        self._seconds = seconds
        self._kept: socket.socket | None = None
        self._local = 0
        self._rest = bytearray()

    def send_all(self, samples: Iterable[Sample]) -> list[Answer]:
        """Send one after the other; the answers in the same order."""
        answers = [self.send(sample) for sample in samples]
        self._drop()
        return answers

    def move(self, source: str) -> None:
        """Come from another address of this machine from now on."""
        self._drop()
        self._source = source

    def end(self) -> None:
        """End the connection."""
        self._drop()

    def send(self, sample: Sample) -> Answer:
        """Send one request and read its answer."""
        kept = self._kept is not None and sample.settled
        if not kept:
            self._drop()
        answer, keep = self._attempt(sample)
        if answer.status == 0 and kept:  # the other side had closed the kept connection
            self._drop()
            answer, keep = self._attempt(sample)
        if not (keep and sample.settled):
            self._drop()
        return answer

    def _attempt(self, sample: Sample) -> tuple[Answer, bool]:
        if self._kept is None:
            source = (self._source, 0) if self._source else None
            self._kept = socket.create_connection((self._host, self._port), self._seconds, source)
            self._kept.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local = self._kept.getsockname()[1]
            self._rest.clear()
        try:
            with contextlib.suppress(OSError):  # an answer may come before all was sent
                self._kept.sendall(sample.wire())
            return self._read(sample.method == b"HEAD" or sample.whole.startswith(b"HEAD "))
        except TimeoutError:
            return Answer(0, port=self._local, timed_out=True), False
        except (OSError, ValueError):
            return Answer(0, port=self._local), False

    def _read(self, bodiless: bool) -> tuple[Answer, bool]:
        status = 100
        while 100 <= status < 200 and status != 101:
            head = self._until(b"\r\n\r\n")
            if not head.startswith(b"HTTP/"):
                return Answer(0, port=self._local), False
            line, *rest = head[:-4].split(b"\r\n")
            status = int(line.split()[1])
        fields = {name.strip().lower(): value.strip() for name, _, value in (field.partition(b":") for field in rest)}
        if not bodiless and status not in (204, 304):
            self._skip_body(fields)
        answer = Answer(status, fields.get(b"x-request-id", _NONE).decode("latin-1"), self._local, MARK.lower() in fields)
        return answer, b"close" not in fields.get(b"connection", _NONE).lower()

    def _skip_body(self, fields: dict[bytes, bytes]) -> None:
        if b"chunked" in fields.get(b"transfer-encoding", _NONE).lower():
            while size := int(self._until(b"\r\n").partition(b";")[0], 16):
                self._exactly(size + 2)
            while self._until(b"\r\n") not in (b"\r\n", b""):
                pass
        elif b"content-length" in fields:
            self._exactly(int(fields[b"content-length"]))
        else:
            while self._more():
                pass

    def _until(self, end: bytes) -> bytes:
        while (at := self._rest.find(end)) < 0:
            if not self._more():
                at = len(self._rest) - len(end)
                break
        piece = bytes(self._rest[: at + len(end)])
        del self._rest[: at + len(end)]
        return piece

    def _exactly(self, size: int) -> None:
        while len(self._rest) < size and self._more():
            pass
        del self._rest[:size]

    def _more(self) -> bool:
        assert self._kept is not None
        data = self._kept.recv(65536)
        self._rest += data
        return bool(data)

    def _drop(self) -> None:
        """End the connection at once, so that its port is free again."""
        if self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._kept.close()
            self._kept = None
        self._rest.clear()
