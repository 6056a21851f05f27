"""An addon for mitmproxy: asks an EdgeGuard beside it what its rules make of each request, and blocks it or marks it.

    edgeguard replay --serve /tmp/eg.sock --rules rules/
    mitmdump -s addon.py --set edgeguard_socket=/tmp/eg.sock --set edgeguard_mode=block

Where nobody answers in time, requests go on, marked as unseen, and the log says so: this is a look at rules, no protection.
It imports nothing of EdgeGuard, because mitmproxy needs older libraries than EdgeGuard does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from mitmproxy import ctx, http

sys.path.insert(0, str(Path(__file__).parent))
from convert import neutral

BODY = 256 * 1024  # octets of a body that are sent; the engine looks at 128 KiB unless told otherwise
LINE = 8 * 1024 * 1024
MODES = ("block", "mark")
STOPPED = ("blocked", "refused")

log = logging.getLogger("edgeguard")


class EdgeGuard:
    """See the module."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._lock = asyncio.Lock()
        self._silent = False

    def load(self, loader: Any) -> None:
        """What can be set with --set."""
        loader.add_option("edgeguard_socket", str, "", "Where `edgeguard replay --serve` answers.")
        loader.add_option("edgeguard_mode", str, "block", "What becomes of what rules block: block, mark.")
        loader.add_option("edgeguard_seconds", str, "1", "How long an answer may take before the request goes on without.")

    def configure(self, updated: set[str]) -> None:
        """Refuse settings that make no sense."""
        from mitmproxy.exceptions import OptionsError  # noqa: PLC0415

        if "edgeguard_mode" in updated and ctx.options.edgeguard_mode not in MODES:
            raise OptionsError(f"edgeguard_mode is one of {', '.join(MODES)}")
        if "edgeguard_seconds" in updated:
            try:
                float(ctx.options.edgeguard_seconds)
            except ValueError:
                raise OptionsError("edgeguard_seconds is a number") from None

    async def request(self, flow: http.HTTPFlow) -> None:
        """Ask, before the request goes on."""
        if flow.response is not None:
            return
        try:
            verdict = await asyncio.wait_for(self._ask(line(flow)), float(ctx.options.edgeguard_seconds))
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self._unseen(flow, str(error) or type(error).__name__)
            return
        if "error" in verdict:
            self._unseen(flow, str(verdict["error"]))
            return
        if self._silent:
            self._silent = False
            log.info("EdgeGuard answers again")
        self._tell(flow, verdict)

    def done(self) -> None:
        """The end."""
        self._drop()

    async def _ask(self, question: bytes) -> dict[str, Any]:
        async with self._lock:  # one connection, one question at a time: an answer takes less than a millisecond
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_unix_connection(ctx.options.edgeguard_socket, limit=LINE)
                reader, writer = self._streams
                writer.write(question)
                await writer.drain()
                said: dict[str, Any] = json.loads(await reader.readuntil(b"\n"))
            except BaseException:  # half an answer must not be taken for the next one's
                self._drop()
                raise
            return said

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    def _tell(self, flow: http.HTTPFlow, verdict: dict[str, Any]) -> None:
        flow.metadata["edgeguard"] = verdict
        outcome, status = str(verdict["outcome"]), int(verdict["status"])
        rules = ", ".join(str(match["rule"]) for match in verdict["matches"])
        if outcome == "pass" and not rules:
            return
        flow.comment = f"EdgeGuard: {outcome}, score {verdict['score']}: {rules}"
        if outcome == "pass":
            return
        flow.marked = ":red_circle:"
        log.warning("EdgeGuard: %s %s %s (%s)", outcome, flow.request.method, flow.request.path[:120], rules)
        if outcome in STOPPED and ctx.options.edgeguard_mode == "block":
            body = json.dumps({"title": "Blocked by EdgeGuard", "status": status or 403, "score": verdict["score"]})
            flow.response = http.Response.make(status or 403, body, {"Content-Type": "application/problem+json"})

    def _unseen(self, flow: http.HTTPFlow, why: str) -> None:
        flow.metadata["edgeguard"] = {"outcome": "unseen", "why": why}
        flow.comment = f"EdgeGuard did not look at it: {why}"
        flow.marked = ":grey_question:"
        if not self._silent:
            self._silent = True
            log.warning("EdgeGuard does not answer at %s, so that requests go on unseen: %s", ctx.options.edgeguard_socket, why)


def line(flow: http.HTTPFlow) -> bytes:
    """The question about a request."""
    said = neutral(flow)
    said.pop("response", None)
    for name in ("body", "body64"):
        if len(said.get(name, "")) > BODY:
            said[name] = said[name][:BODY]  # of Base64 a whole number of groups
            said["complete"] = False
    return json.dumps(said).encode() + b"\n"


addons = [EdgeGuard()]
