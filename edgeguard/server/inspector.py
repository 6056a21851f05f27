"""The process beside a worker that inspects large bodies, so that the worker's other requests do not wait meanwhile.

    worker ── one body at a time, the next when it is answered ──> inspector
           <── what was found (`waf.handover`) ──

Each worker has one, forked by the supervisor beside it (`companions`) and joined to it by a pair of sockets (`inspection` has
the worker's end); whoever goes away, the other end tells.

    frame: octets of a head, of a body, and of the request's body (three times 8 octets), and these. An answer is a head alone,
    and an empty one where the inspector failed.

Heads are plain values, as `marshal` writes them, between two processes of one program; what a client sent stands in them as
bytes, or follows behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import marshal
import os
import signal
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from edgeguard.observe.log import get_logger
from edgeguard.waf.handover import Handover
from edgeguard.waf.warmup import warm

if TYPE_CHECKING:
    from edgeguard.waf.ruleset import Ruleset

log = get_logger("inspector")

ANSWER_BYTES = 64 * 1024 * 1024  # what rules noted, of which 16 MiB of variables are the most; CRS notes some 10 KiB
NICE = 5  # a worker that wakes up gets the core at once; where all cores are busy, the inspector still has a quarter of one
TRIM_BYTES = 1024 * 1024  # of a body, after which memory goes back to the system: values take several times as much
FRAME = struct.Struct("!QQQ")


class Inspecting(NamedTuple):
    """An inspector as its worker gets to know it: the socket to it, and its process id."""

    sock: socket.socket
    pid: int


def send(channel: int, one: Inspecting) -> None:
    """Tell a worker of an inspector, through its channel to the supervisor.

    Raises:
        OSError: the worker is gone.
    """
    with socket.socket(fileno=os.dup(channel)) as sock:
        socket.send_fds(sock, [b"%d" % one.pid], [one.sock.fileno()])


def receive(channel: int) -> Inspecting | None:
    """What `send` tells; None where the supervisor is gone."""
    with socket.socket(fileno=os.dup(channel)) as sock, contextlib.suppress(ConnectionError):
        text, descriptors, _, _ = socket.recv_fds(sock, 32, 1)
        if text and descriptors:
            return Inspecting(socket.socket(fileno=descriptors[0]), int(text))
    return None


def run_inspector(ruleset: Ruleset, sock: socket.socket) -> int:
    """The main function of an inspector; returns its exit code when the worker's end is closed.

    It outlasts signals to its whole group, for its worker still needs it while it drains.
    """
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(NICE)
        Path("/proc/self/comm").write_text("eg-inspector", "ascii")  # so that it can be told from workers
    gc.set_threshold(50_000, 20, 20)  # as in a worker
    warm(ruleset)
    handover = Handover(ruleset)
    sock.setblocking(True)  # noqa: FBT003 - the standard library's
    with contextlib.suppress(ConnectionError):
        while (frame := _receive(sock, FRAME.size)) is not None:
            head, body, sent = [_receive(sock, size) for size in FRAME.unpack(frame)]
            if head is None or body is None or sent is None:
                break
            sock.sendall(_answer(handover, head, body, sent))
            if len(body) + len(sent) >= TRIM_BYTES:
                head = body = sent = None
                _trim()
    return 0


def _trim() -> None:
    """Give back what the C library keeps of freed memory; one that can't just keeps it."""
    gc.collect()
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _answer(handover: Handover, head: bytes, body: bytes, sent: bytes) -> bytes:
    """A frame; an empty one where something went wrong, upon which the worker looks for itself."""
    try:
        found = marshal.dumps(handover.answer(marshal.loads(head), body, sent))  # noqa: S302 - written by our own worker
    except Exception:
        log.exception("a body could not be inspected")
        found = b""
    if len(found) > ANSWER_BYTES:
        log.error("what was found in a body is too long to tell", octets=len(found))
        found = b""
    return FRAME.pack(len(found), 0, 0) + found


def _receive(sock: socket.socket, size: int) -> bytes | None:
    """So many bytes; None at the end."""
    pieces: list[bytes] = []
    while size:
        piece = sock.recv(size, socket.MSG_WAITALL)
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
