"""The demo CMS's login: one user, by form or by JSON, answered with a cookie."""

from __future__ import annotations

import hmac
import json

from aiohttp import web

from edgeguard.demo.items import Problem

USER = "editor"
PASSWORD = "demo"  # noqa: S105 - printed on the landing page, and worth nothing
_COOKIE = "session=demo-session; Path=/; HttpOnly; Secure; SameSite=Lax"


async def login(request: web.Request) -> web.Response:
    """A session for whoever knows the password on the landing page."""
    user, password = await _credentials(request)
    fits = hmac.compare_digest(user.encode(), USER.encode()) & hmac.compare_digest(password.encode(), PASSWORD.encode())
    if not fits:
        raise Problem(401, "wrong user or password")
    headers = {"Set-Cookie": _COOKIE, "Cache-Control": "no-store"}
    if request.content_type == "application/json":
        return web.Response(text=json.dumps({"user": user}), content_type="application/json", headers=headers)
    return web.Response(status=303, headers={**headers, "Location": "/"})


async def _credentials(request: web.Request) -> tuple[str, str]:
    if request.content_type == "application/json":
        try:
            document = await request.json()
            return str(document["user"]), str(document["password"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Problem(400, 'send {"user": …, "password": …}') from None
    form = await request.post()
    return str(form.get("user", "")), str(form.get("password", ""))
