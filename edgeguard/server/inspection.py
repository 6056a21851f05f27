"""The worker's end of its inspector: bodies wait here, go over one by one, and what was found comes back.

Addresses take turns, so that who sends many bodies waits for them alone. A body that waits longer than `WAIT_SECONDS`, or finds
no place, is treated as `waf.on_budget` says, and so is one at which two inspectors died. Where none has been there for so long,
the worker inspects the body itself: slow for others, but never left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import signal
from typing import TYPE_CHECKING, cast

from edgeguard.observe.log import get_logger
from edgeguard.server.inspector import ANSWER_BYTES, FRAME
from edgeguard.server.turns import Turns
from edgeguard.waf.handover import Handover
from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.gateway.body import Held
    from edgeguard.observe.meters import Meters
    from edgeguard.server.inspector import Inspecting
    from edgeguard.waf.handover import Plain
    from edgeguard.waf.model import Verdict
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.transaction import Transaction

log = get_logger("worker")

WAITING = 256  # bodies: 32 MiB where 128 KiB of each are inspected
STRANGERS = 192  # of them from clients that are not authenticated: however many addresses these have, editors find a place
EACH = 32  # of one address: prose of 128 KiB takes 4 ms with the Core Rule Set, what is made to take long 16
WAIT_SECONDS = 5.0  # a client that has sent its body waits no longer for its turn; proxies in front give up after 30 to 60
_DEATHS = 2  # one may be killed for its memory; who has seen two die is no accident
ANSWER_SECONDS = 60.0  # for one body: parsing has no budget, and a core may be dear. Who takes longer hangs, and is killed


class _Job:
    """One body. `done` gets the answer, or None where there will be none.

    Attributes:
        address: of the client.
        deaths: of inspectors that were at it.
    """

    __slots__ = ("address", "deaths", "done", "head", "held", "sent", "timer")

    def __init__(
        self, address: str, head: bytes, held: Held, sent: tuple[bytes, ...], done: asyncio.Future[Plain | None]
    ) -> None:
        self.address = address
        self.deaths = 0
        self.head = head
        self.held = held
        self.sent = sent
        self.done = done
        self.timer: asyncio.TimerHandle | None = None

    def pieces(self) -> Iterator[bytes]:
        yield FRAME.pack(len(self.head), self.held.size, sum(map(len, self.sent))) + self.head
        yield from self.held.pieces
        yield from self.sent

    def settle(self, answer: Plain | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if not self.done.done():
            self.done.set_result(answer)


class _GivenUp(Exception):
    """A body is not inspected: it has waited too long, or was more than an inspector could bear. The outcome to count."""


class _Link(asyncio.Protocol):
    """The socket to one inspector, and the one body that it has."""

    def __init__(self, pid: int, ended: Callable[[_Link, _Job | None], None], free: Callable[[], None]) -> None:
        self._pid = pid
        self._ended = ended
        self._free = free
        self._transport: asyncio.Transport | None = None
        self._job: _Job | None = None
        self._left: Iterator[bytes] = iter(())
        self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._found = bytearray()

    @property
    def idle(self) -> bool:
        """Whether it can take a body."""
        return self._transport is not None and self._job is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._free()

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        job, self._job = self._job, None
        if self._timer is not None:
            self._timer.cancel()
        self._ended(self, job)

    def take(self, job: _Job) -> None:
        """Have a body inspected; only while idle."""
        self._job = job
        self._left = job.pieces()
        self._timer = asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._hangs)
        self._write()

    def close(self) -> None:
        """Let the inspector go."""
        if self._transport is not None:
            self._transport.close()

    def _write(self) -> None:
        for piece in self._left:
            if self._transport is None:
                return
            self._transport.write(piece)
            if self._paused:
                return

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._write()

    def data_received(self, data: bytes) -> None:
        found = self._found
        found += data
        if len(found) < FRAME.size:
            return
        size = FRAME.unpack_from(found)[0]
        if size > ANSWER_BYTES:
            self._kill("an inspector does not keep to the frame, and is killed")
            return
        if len(found) < FRAME.size + size:
            return
        answer = marshal.loads(memoryview(found)[FRAME.size :]) if size else None  # noqa: S302 - written by our own inspector
        self._found = bytearray()
        job, self._job = self._job, None
        if self._timer is not None:
            self._timer.cancel()
        if job is not None:
            job.settle(answer)
        self._free()

    def _hangs(self) -> None:
        self._kill("an inspector hangs, and is killed")

    def _kill(self, why: str) -> None:
        log.error(why, pid=self._pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        if self._transport is not None:
            self._transport.abort()


class Inspectors:
    """A worker's inspector, whichever it is at the moment; the gateway's `Inspector`."""

    def __init__(self, ruleset: Ruleset, meters: Meters) -> None:
        self._handover = Handover(ruleset)
        self._meters = meters
        self._link: _Link | None = None
        self._waiting: Turns[_Job] = Turns(WAITING, EACH)
        self._closing = False

    def __repr__(self) -> str:
        state = "gone" if self._link is None else "idle" if self._link.idle else "busy"
        return f"<Inspectors {state}, {len(self._waiting)} waiting>"

    async def connect(self, one: Inspecting) -> None:
        """Take an inspector into service: the first one, or another in the place of one that has died."""
        link = _Link(one.pid, self._ended, self._next)
        before, self._link = self._link, link
        if before is not None:
            before.close()
        await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=one.sock)

    def close(self) -> None:
        """Let the inspector go; bodies that wait or still come are inspected here."""
        self._closing = True
        if self._link is not None:
            self._link.close()

    async def inspect(self, transaction: Transaction, phase: Phase, held: Held) -> Verdict:
        """See `gateway.inspector.Inspector`."""
        outcome = "kept" if not self._handover.covers(phase) else "lost" if self._closing else None
        if outcome is None:
            try:
                answer = await self._ask(transaction, phase, held)
            except _GivenUp as given_up:
                self._meters.body_inspected(str(given_up))
                return self._handover.give_up(transaction, phase)
            if answer is not None:
                self._meters.body_inspected("inspector")
                return self._handover.adopt(transaction, phase, held.pieces, held.complete, answer)
            outcome = "lost"
        self._meters.body_inspected(outcome)
        verb = transaction.request_body if phase is Phase.REQUEST_BODY else transaction.response_body
        return verb(held.content, held.complete)

    async def _ask(self, transaction: Transaction, phase: Phase, held: Held) -> Plain | None:
        """The inspector's answer; None where there is none, and the worker must look itself.

        Raises:
            _GivenUp: there is no place, it was not asked in time, or it did not survive.
        """
        client = transaction.seen.client
        address = client.address
        if not self._waiting.takes(address) or (len(self._waiting) >= STRANGERS and not client.authenticated):
            raise _GivenUp("full")
        loop = asyncio.get_running_loop()
        head = marshal.dumps(self._handover.question(transaction, phase, held.complete))
        sent = tuple(self._handover.sent(transaction)) if phase is Phase.RESPONSE_BODY else ()
        job = _Job(address, head, held, sent, loop.create_future())
        self._wait(job)
        self._next()
        try:
            return await job.done
        finally:
            if job.timer is not None:
                job.timer.cancel()
            self._waiting.remove(address, job)  # where the client has gone

    def _wait(self, job: _Job, *, first: bool = False) -> None:
        self._waiting.add(job.address, job, first=first)
        job.timer = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._late, job)

    def _next(self) -> None:
        """Give the inspector the body whose turn it is."""
        link = self._link
        while link is not None and link.idle and (job := self._waiting.next()) is not None:
            if job.timer is not None:
                job.timer.cancel()
            if not job.done.done():
                link.take(job)

    def _late(self, job: _Job) -> None:
        if job.done.done():
            return
        if self._link is None:
            job.settle(None)
        else:
            job.done.set_exception(_GivenUp("late"))

    def _ended(self, link: _Link, job: _Job | None) -> None:
        if job is not None and not job.done.done():
            job.deaths += 1
            if self._closing:
                job.settle(None)
            elif job.deaths < _DEATHS:
                self._wait(job, first=True)
            else:
                job.done.set_exception(_GivenUp("died"))
        if link is not self._link:
            self._next()
            return
        self._link = None
        if self._closing:
            while (waiting := self._waiting.next()) is not None:
                waiting.settle(None)
            return
        self._meters.inspector_died()
        log.warning("the inspector is gone; large bodies wait for another")
