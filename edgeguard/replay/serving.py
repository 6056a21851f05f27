"""Answers what mitmproxy's addon asks: a line of the neutral form in, a line with the verdict out, over a Unix socket.

The addon runs in an environment with other libraries, so that the engine stays here. The socket belongs to its user alone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import TYPE_CHECKING, Final

import orjson

from edgeguard.observe.samples.recorded import NotRecorded, read_line
from edgeguard.replay.capture import ADDON
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.replay.judgement import Judgement
    from edgeguard.replay.side import Side

LINE: Final = 8 * 1024 * 1024  # octets; the addon sends no more of a body than is inspected
CONNECTIONS: Final = 64  # a mitmproxy needs one


def answer(side: Side, line: bytes) -> bytes:
    """The verdict on one line, as a line."""
    try:
        recorded = read_line(line, "request")
    except NotRecorded as error:
        return orjson.dumps({"error": str(error)}, option=orjson.OPT_APPEND_NEWLINE)
    return orjson.dumps(_told(recorded.id, side.judge(recorded)), option=orjson.OPT_APPEND_NEWLINE)


def serve(side: Side, path: Path, say: Callable[[str], None]) -> None:
    """Answer until SIGTERM or Ctrl-C.

    Args:
        side: whose rules are asked.
        path: of the socket; one that nobody listens to any more is replaced.
        say: tells a person how it goes.

    Raises:
        Refused: somebody listens there already, or something else is there.
        OSError: the socket can't be made.
    """
    _free(path)
    try:
        asyncio.run(_serve(side, path, say))
    finally:
        path.unlink(missing_ok=True)


async def _serve(side: Side, path: Path, say: Callable[[str], None]) -> None:
    busy = 0

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal busy
        busy += 1
        try:
            while busy <= CONNECTIONS and (line := await reader.readline()):
                writer.write(answer(side, line))
                await writer.drain()
        except (ConnectionError, ValueError):  # gone, or a line that is too long
            pass
        finally:
            busy -= 1
            writer.close()

    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(converse, path, limit=LINE)
    finally:
        os.umask(before)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    count = len(side.ruleset.plan.rules)
    say(f"{side.name}: {count} rule{'' if count == 1 else 's'} answer at {path}")
    say(f"now: mitmdump -s {ADDON} --set edgeguard_socket={path}")
    await stop.wait()
    server.close()


def _free(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_socket():
        raise Refused(f"{path}: something else is there, which is no socket; choose another place")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise Refused(f"{path}: somebody listens there already")


def _told(name: str, judgement: Judgement) -> dict[str, object]:
    return {
        "id": name,
        "outcome": judgement.outcome,
        "status": judgement.status,
        "score": judgement.score,
        "matches": [
            {"rule": held.rule, "title": held.title, "target": held.target, "value": held.value, "score": held.score}
            for held in judgement.held
        ],
    }
