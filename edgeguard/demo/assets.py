"""The files of the demo site: a page, its style and logo, and a large binary that is made up as it is sent."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

VIDEO_BYTES = 8 * 1024 * 1024
_PIECE = 64 * 1024
_SITE = Path(__file__).parent / "site"
_LONG = "public, max-age=3600"
# The page needs nothing but its own style, its own logo and its own forms.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def add_routes(router: web.UrlDispatcher) -> None:
    """Answer `/` and `/assets/`."""
    router.add_get("/", _file("index.html", "text/html", "public, max-age=30", {"Content-Security-Policy": _POLICY}))
    router.add_get("/assets/style.css", _file("style.css", "text/css", _LONG))
    router.add_get("/assets/logo.svg", _file("logo.svg", "image/svg+xml", _LONG))
    router.add_get("/assets/video.bin", _video)


def _file(
    name: str, media_type: str, freshness: str, fields: dict[str, str] | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    content = (_SITE / name).read_bytes()
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Cache-Control": freshness,
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"',
        **(fields or {}),
    }

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, headers=headers)

    return answer


def video_pieces() -> Iterator[bytes]:
    """`VIDEO_BYTES` bytes that look random and are the same each time."""
    piece = hashlib.shake_256(b"edgeguard demo video").digest(_PIECE)
    for _ in range(VIDEO_BYTES // _PIECE):
        yield piece


async def _video(request: web.Request) -> web.StreamResponse:
    headers = {"Content-Type": "application/octet-stream", "Cache-Control": _LONG, "Content-Length": str(VIDEO_BYTES)}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    if request.method != "HEAD":
        for piece in video_pieces():
            await response.write(piece)
    await response.write_eof()
    return response
