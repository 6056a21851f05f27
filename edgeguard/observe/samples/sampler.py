"""Takes samples of exchanges. On the request path it draws a number and queues what is there; the rest is a thread's matter.

The thread masks, encrypts and writes. What does not fit into the queue is dropped and counted: no request waits for a sample.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from random import random
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from edgeguard.observe.log import get_logger
from edgeguard.observe.samples.keys import read_keys
from edgeguard.observe.samples.masking import Masker
from edgeguard.observe.samples.recorded import Answered, Recorded, Then
from edgeguard.observe.samples.store import DAY, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.config.model import Samples
    from edgeguard.message import Client, Request
    from edgeguard.observe.entry import Entry

log = get_logger("samples")

FLUSH_SECONDS: Final = 0.5
TIDY_SECONDS: Final = 60.0
CLOSE_SECONDS: Final = 5.0
BATCH: Final = 64  # samples that are masked before they are written
QUEUE_BYTES: Final = 16 * 1024 * 1024  # of the bodies that wait
RULES: Final = 64  # that one sample tells of
_IDENTITY: Final = (b"", b"identity")


class Held(Protocol):
    """A body as far as the gateway has read it."""

    @property
    def pieces(self) -> Sequence[bytes]:
        """Its content, in pieces."""

    @property
    def size(self) -> int:
        """Of all pieces."""

    @property
    def complete(self) -> bool:
        """Whether that is all of it."""


class _Taken(NamedTuple):
    entry: Entry
    request: Request
    client: Client | None
    held: Held | None


class Sampler:
    """One worker's.

    Args:
        settings: `observe.samples`.
        name: part of the files' names, this worker's own; the process id where it is not given.

    Attributes:
        dropped: samples for which there was no room in the queue.
        lost: samples that could not be written.

    Raises:
        KeyFault: the key file does not hold what it should.
        OSError: it can't be read.
    """

    __slots__ = (
        "_body",
        "_bytes_out",
        "_bytes_put",
        "_flagged",
        "_mask",
        "_queue",
        "_rate",
        "_rates",
        "_stop",
        "_store",
        "_thread",
        "_tidied",
        "_waiting",
        "dropped",
        "lost",
    )

    def __init__(self, settings: Samples, name: str | None = None) -> None:
        keys = read_keys(settings.key_file)
        self._store = Store(Path(settings.folder), keys, settings.disk, settings.keep_days * DAY, name or str(os.getpid()))
        self._rate, self._rates, self._flagged = settings.rate, settings.routes, settings.flagged
        self._body, self._queue, self._mask = settings.body, settings.queue, tuple(settings.mask)
        self._waiting: deque[_Taken] = deque()
        self._bytes_put = self._bytes_out = 0  # each is written by one thread alone
        self._tidied = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.dropped = self.lost = 0

    def take(self, entry: Entry, request: Request, client: Client | None, held: Held | None) -> None:
        """Perhaps keep an exchange that is over. Never waits.

        Args:
            entry: what was recorded of it.
            request: as it came.
            client: who asked; None where nobody has found out.
            held: the request's body as far as it was read; None where it was not.
        """
        rate = self._rates.get(entry.route, self._rate)
        if self._flagged is not None and (entry.matches or entry.blame == "client"):
            rate = self._flagged
        if rate < 1.0 and random() >= rate:  # noqa: S311 - nobody gains by guessing which are kept
            return
        if len(self._waiting) >= self._queue or self._bytes_put - self._bytes_out > QUEUE_BYTES:
            self.dropped += 1
            return
        if held is not None:
            self._bytes_put += held.size
        self._waiting.append(_Taken(entry, request, client, held))

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name="sample writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        else:
            self._drain()
        self._store.close()

    # -- the thread

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._drain()
            self._tidy()
        self._drain()

    def _drain(self) -> None:
        while self._waiting:
            lines: list[bytes] = []
            while self._waiting and len(lines) < BATCH:
                taken = self._waiting.popleft()
                if taken.held is not None:
                    self._bytes_out += taken.held.size
                try:
                    lines.append(self._recorded(taken).line())
                except Exception:  # one exchange that can't be written down must not end the thread
                    self.lost += 1
                    log.exception("a sample could not be made")
            try:
                self._store.write(lines, time.time())
            except OSError as error:
                self.lost += len(lines)
                log.warning("samples could not be written", why=str(error))

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._tidied > TIDY_SECONDS:
            self._tidied = now
            try:
                self._store.tidy(time.time())
            except OSError as error:
                log.warning("old samples could not be removed", why=str(error))

    def _recorded(self, taken: _Taken) -> Recorded:
        entry, request, client = taken.entry, taken.request, taken.client
        masker = Masker(self._mask, distinct=True)
        notes: list[str] = []
        body, complete = self._kept(taken, masker, notes)
        return Recorded(
            id=entry.request_id,
            time=entry.started,
            method=request.method,
            target=masker.target(request.target),
            headers=tuple((name, masker.field(name, value)) for name, value in request.headers),
            body=body,
            complete=complete,
            scheme=request.scheme.decode("latin-1"),
            version=request.version.decode("latin-1"),
            client=entry.client,
            peer=entry.peer,
            account=entry.account,
            account_source=entry.account_source,
            account_verified=entry.account_verified,
            vouched=client is not None and client.vouched,
            route=entry.route,
            answered=Answered(entry.status, seconds=entry.seconds, cache=entry.cache, origin_seconds=entry.origin_seconds),
            then=Then(entry.verdict, entry.score, tuple(match.rule for match in entry.matches[:RULES]), entry.reason),
            masked=masker.count,
            notes=tuple(notes),
        )

    def _kept(self, taken: _Taken, masker: Masker, notes: list[str]) -> tuple[bytes, bool]:
        """The body, masked, and whether that is all of it."""
        held, headers = taken.held, taken.request.headers
        if held is None or not held.size:
            if taken.request.body.length == 0:
                return b"", True
            notes.append("its body was not read")
            return b"", False
        content = b"".join(held.pieces)[: self._body]
        coding = (headers.get(b"content-encoding") or b"").strip().lower()
        kept = masker.body(content, headers.get(b"content-type") or b"", coding not in _IDENTITY)
        if kept is None:
            notes.append("its body was left out: of what is compressed, or no text, nobody can say what it gives away")
            return b"", False
        return kept, held.complete and held.size <= self._body
