"""The admin site: three pages that are read, nothing that changes anything.

It stands on aiohttp's low-level server, whose requests know nothing of applications and routes: every answer, also those
aiohttp gives itself to what is no HTTP, then passes through `AdminRequest`, where the banner goes and the fields come.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web

from edgeguard.control.guard import HostCheck
from edgeguard.control.readiness import details
from edgeguard.observe.exposition import render
from edgeguard.observe.state import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.config.model import Admin

# A scrape's head is a few hundred bytes; nothing here has a body.
LINE_BYTES: Final = 2048
FIELD_BYTES: Final = 8190
CONNECTIONS: Final = 64  # Prometheus, probes and a few people
IDLE_SECONDS: Final = 30.0
HEAD_SECONDS: Final = 10.0  # for the first request's head; else idle connections could use all of `CONNECTIONS` up
LINGER_SECONDS: Final = 1.0  # for a body that was refused and still comes

_FIELDS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class AdminRequest(web.BaseRequest):
    """A request whose answers carry the security fields and no banner."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        """Called by aiohttp before any answer's head is written; a test holds it to that."""
        response.headers.pop("Server", None)
        response.headers.update(_FIELDS)


class Site:
    """What the admin address answers.

    Args:
        runtime: where workers count and the supervisor tells its state.
    """

    def __init__(self, settings: Admin, runtime: Path) -> None:
        self._hosts = HostCheck(settings)
        self._runtime = runtime
        self._pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; nothing that happens here is told to the client beyond its status."""
        try:
            return await self._answer(request)
        except Exception:  # the edge must outlive whatever a page runs into
            logging.getLogger(__name__).exception("the admin address could not answer %s", request.path)
            return _json(500, {"error": "internal error, see the edge's log"})

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        if not self._hosts.allows(hosts[0] if len(hosts) == 1 else None):
            return _json(421, {"error": "this address does not answer under that name; see admin.hosts"})
        page = self._pages.get(request.path)
        if page is None:
            return _json(404, {"error": "not found", "pages": sorted(self._pages)})
        if request.method not in {"GET", "HEAD"}:
            return _json(405, {"error": "only GET and HEAD"}, Allow="GET, HEAD")
        if request.body_exists:
            response = _json(413, {"error": "no body is taken here"})
            response.force_close()
            return response
        return await page(request)

    async def _healthz(self, _request: web.BaseRequest) -> web.Response:
        return _json(200, {"alive": True})

    async def _readyz(self, _request: web.BaseRequest) -> web.Response:
        answer = details(read_state(self._runtime))
        return _json(200 if answer["ready"] else 503, answer)

    async def _metrics(self, request: web.BaseRequest) -> web.Response:
        # In a thread: thousands of series take tens of milliseconds, and a probe should not wait for them.
        body, content_type = await asyncio.to_thread(render, self._runtime, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})


def _json(status: int, content: dict[str, Any], **fields: str) -> web.Response:
    body = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return web.Response(status=status, body=body, content_type="application/json", headers=fields)


class _Refusal(asyncio.Protocol):
    """Closes what comes in when there are enough connections."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class AdminServer:
    """Makes the protocol of each connection; called by the event loop."""

    def __init__(self, site: Site) -> None:
        # Connections that have not sent a whole head yet; aiohttp bounds the time between requests, not before the first.
        self._silent: dict[web.RequestHandler, asyncio.TimerHandle] = {}
        self._server = web.Server(
            site.answer,
            request_factory=self._request,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_line_size=LINE_BYTES,
            max_field_size=FIELD_BYTES,
            access_log=None,
        )

    def __call__(self) -> asyncio.BaseProtocol:
        """The protocol of a new connection."""
        if len(self._server.connections) >= CONNECTIONS:
            return _Refusal()
        handler = self._server()
        self._forget_the_gone()
        self._silent[handler] = asyncio.get_running_loop().call_later(HEAD_SECONDS, self._close_silent, handler)
        return handler

    def _close_silent(self, handler: web.RequestHandler) -> None:
        del self._silent[handler]
        handler.force_close()

    def _forget_the_gone(self) -> None:
        if len(self._silent) >= CONNECTIONS:  # some hung up without a word; those that are here are fewer
            for gone in self._silent.keys() - set(self._server.connections):
                self._silent.pop(gone).cancel()

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> AdminRequest:  # aiohttp hands these five in
        timer = self._silent.pop(protocol, None)
        if timer is not None:
            timer.cancel()
        return AdminRequest(message, payload, protocol, writer, task, asyncio.get_running_loop())

    async def shutdown(self, seconds: float) -> None:
        """Close all connections; answers under way get `seconds`."""
        self._server.pre_shutdown()  # idle connections, at once
        await self._server.shutdown(seconds)
