"""The demo CMS as one aiohttp application, put together from the handlers of this folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from edgeguard.clock import Clock, SystemClock
from edgeguard.demo import assets
from edgeguard.demo.behaviours import Behaviours
from edgeguard.demo.content import Articles
from edgeguard.demo.graphql import execute
from edgeguard.demo.items import Items, Problem
from edgeguard.demo.login import login

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MOST_BODY = 2 * 1024 * 1024  # bytes of a request that the CMS reads into memory


def make_app(clock: Clock | None = None) -> web.Application:
    """A CMS with its seed content; two of them share nothing."""
    app = web.Application(middlewares=[_polish], client_max_size=MOST_BODY)
    articles = Articles()
    assets.add_routes(app.router)
    Items(articles, clock or SystemClock()).add_routes(app.router)
    Behaviours().add_routes(app.router)
    app.router.add_post("/login", login)
    app.router.add_post("/graphql", _graphql(articles))
    return app


@web.middleware
async def _polish(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Turn refusals into JSON:API errors, and boast about versions as real systems do, for the edge to take away."""
    try:
        response = await handler(request)
    except Problem as problem:
        response = problem.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = Problem(error.status, error.reason).response()
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
    if not response.prepared:
        response.headers["Server"] = "DemoCMS/1.0"
        response.headers["X-Powered-By"] = "DemoCMS/1.0 (aiohttp)"
    return response


def _graphql(articles: Articles) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            query = json.loads(await request.text())["query"]
        except (ValueError, KeyError, TypeError, RecursionError):
            query = None
        if not isinstance(query, str):
            raise Problem(400, 'send {"query": "{items{id title}}"} as JSON')
        text = json.dumps(execute(articles, query), ensure_ascii=False)
        return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-store"})

    return answer
