"""The CMS's JSON:API: articles to read, cacheable and conditional, and to write with a token.

Only HTTP is here; what an article is stands in `content`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from edgeguard.demo.content import LOCALES, Articles, Full

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.demo.content import Article

EDITOR_TOKEN = "demo-editor"  # noqa: S105 - printed by the demo, and worth nothing outside it
MEDIA_TYPE = "application/vnd.api+json"
FRESHNESS = "public, max-age=30, stale-while-revalidate=60"
MOST_A_PAGE = 50
MOST_TEXT = 200_000  # characters in one title or text


class Items:
    """Handlers of `/api/items`, and of `/users/me`."""

    def __init__(self, articles: Articles, clock: Clock) -> None:
        self._articles = articles
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Answer below `/api/items`."""
        router.add_get("/api/items", self.index)
        router.add_post("/api/items", self.create)
        router.add_get("/api/items/{id}", self.show)
        router.add_patch("/api/items/{id}", self.change)
        router.add_delete("/api/items/{id}", self.delete)
        router.add_get("/users/me", self.me)

    async def index(self, request: web.Request) -> web.Response:
        """One page of articles."""
        locale = _locale(request)
        number = _count(request, "page[number]", 1, 1_000_000)
        size = _count(request, "page[size]", 5, MOST_A_PAGE)
        shown = self._articles.page(number, size)
        last = max(1, -(-len(self._articles) // size))
        document = {
            "data": [_resource(article, locale) for article in shown],
            "links": {
                "self": _page_link(number, size),
                "first": _page_link(1, size),
                "prev": _page_link(number - 1, size) if number > 1 else None,
                "next": _page_link(number + 1, size) if number < last else None,
                "last": _page_link(last, size),
            },
            "meta": {"total": len(self._articles), "locale": locale},
        }
        return _cacheable(request, document, locale, max((article.updated for article in shown), default=0))

    async def show(self, request: web.Request) -> web.Response:
        """One article."""
        locale = _locale(request)
        article = self._find(request)
        return _cacheable(request, {"data": _resource(article, locale)}, locale, article.updated)

    async def create(self, request: web.Request) -> web.Response:
        """A new article, kept until the demo ends."""
        _require_editor(request)
        attributes = await _attributes(request)
        title, body = _text(attributes, "title"), _text(attributes, "body")
        if not title:
            raise Problem(422, "an article needs a title")
        try:
            article = self._articles.create(_locale(request), title, body or "", self._now())
        except Full:
            raise Problem(507, "the demo keeps no more articles; delete some") from None
        return _saved(article, _locale(request), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """An article with some texts replaced."""
        _require_editor(request)
        attributes = await _attributes(request)
        title, body = _text(attributes, "title"), _text(attributes, "body")
        article = self._articles.change(self._find(request), _locale(request), title, body, self._now())
        return _saved(article, _locale(request), status=200)

    async def delete(self, request: web.Request) -> web.Response:
        """Nothing; the article is gone."""
        _require_editor(request)
        if not self._articles.delete(request.match_info["id"]):
            raise Problem(404, "there is no such article")
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def me(self, request: web.Request) -> web.Response:
        """Who the token is of: what an editor's page asks first, and nobody else is told."""
        _require_editor(request)
        document = {"data": {"type": "user", "id": "editor"}}
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=json.dumps(document), content_type=MEDIA_TYPE, headers=headers)

    def _find(self, request: web.Request) -> Article:
        article = self._articles.get(request.match_info["id"])
        if article is None:
            raise Problem(404, "there is no such article")
        return article

    def _now(self) -> int:
        return int(self._clock.wall())


class Problem(Exception):
    """A refusal, told as JSON:API tells errors."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    def response(self) -> web.Response:
        """The answer (JSON:API 1.1, section 11)."""
        document = {"errors": [{"status": str(self.status), "title": "Refused by the CMS", "detail": self.detail}]}
        headers = {"Cache-Control": "no-store"}
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="demo"'
        return web.Response(status=self.status, text=json.dumps(document), content_type=MEDIA_TYPE, headers=headers)


def _require_editor(request: web.Request) -> None:
    given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(given, f"Bearer {EDITOR_TOKEN}".encode()):
        raise Problem(401, f"to change content, send 'Authorization: Bearer {EDITOR_TOKEN}'")


def _locale(request: web.Request) -> str:
    """What `locale` asks for, else the first language of Accept-Language that is known."""
    wanted = request.query.get("locale")
    if wanted is not None:
        if wanted not in LOCALES:
            raise Problem(400, f"locale is one of {', '.join(LOCALES)}")
        return wanted
    for part in request.headers.get("Accept-Language", "").split(",", 16):
        language = part.strip()[:2].lower()
        if language in LOCALES:
            return language
    return LOCALES[0]


def _count(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise Problem(400, f"{name} is a number from 1 to {most}")
    return int(text)


def _page_link(number: int, size: int) -> str:
    return f"/api/items?page[number]={number}&page[size]={size}"


def _resource(article: Article, locale: str) -> dict[str, Any]:
    return {
        "type": "items",
        "id": article.id,
        "attributes": {
            "slug": article.slug,
            "locale": locale,
            "title": article.title(locale),
            "body": article.body(locale),
            "updated": article.updated,
        },
        "links": {"self": f"/api/items/{article.id}"},
    }


def _cacheable(request: web.Request, document: dict[str, Any], locale: str, updated: int) -> web.Response:
    """A document with validators, or 304 where the client has it already (RFC 9110, section 13)."""
    content = json.dumps(document, ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {
        "Cache-Control": FRESHNESS,
        "ETag": etag,
        "Last-Modified": formatdate(updated, usegmt=True),
        "Vary": "Accept-Language",
        "Content-Language": locale,
    }
    if _has_it(request, etag, updated):
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, content_type=MEDIA_TYPE, headers=headers)


def _has_it(request: web.Request, etag: str, updated: int) -> bool:
    known = request.headers.get("If-None-Match")
    if known is not None:
        return known.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in known.split(",", 64))
    since = request.if_modified_since
    return since is not None and updated <= since.timestamp()


async def _attributes(request: web.Request) -> dict[str, Any]:
    """The attributes of the resource that was sent."""
    try:
        document = json.loads(await request.text())
        attributes = document["data"]["attributes"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Problem(400, 'send {"data": {"type": "items", "attributes": {"title": …, "body": …}}}') from None
    if not isinstance(attributes, dict):
        raise Problem(400, "attributes is an object")
    return attributes


def _text(attributes: dict[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise Problem(422, f"{name} is a text of at most {MOST_TEXT} characters")
    return value


def _saved(article: Article, locale: str, *, status: int) -> web.Response:
    headers = {"Cache-Control": "no-store", "Location": f"/api/items/{article.id}"}
    text = json.dumps({"data": _resource(article, locale)}, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type=MEDIA_TYPE, headers=headers)
