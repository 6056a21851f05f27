"""Ordinary traffic of a headless CMS, for measuring where nobody has a sample of their own: readers, programs and editors.

Made from a few words in an order that is always the same. None of it means harm; whoever measures rules for their own site
should rather take its own requests, for which prose, parameters and sizes differ.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from edgeguard.waf.explain.given import Given, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    Field = tuple[str, str]

_SITE, _API = "https://www.example.com", "https://cms.example.com"
_BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1",
)
_PAGES = ("/", "/news", "/news/harbour-opens", "/events/2026/autumn", "/people/ann-lee", "/de/orte/see", "/contact", "/feed.xml")
_ASSETS = ("/assets/app.3f9c2e.js", "/assets/site.css?v=1718", "/media/lake-800.jpg?w=800&h=600&fit=crop", "/favicon.ico")
_QUERIES = ("harbour", "Ann Lee", "what is a lake?", "bread & butter", "O'Brien", "50% off", "C# or F#", "select a table")
_SENTENCES = (
    "The harbour opens at nine, and the first boats leave an hour later.",
    "Whoever wants to join should write to us before the end of the month; it's free.",
    "In 1998 both towns became one, by a vote of five to four.",
    "Prices start at 12.50 (children: 6), drinks not included.",
    "You can update the page and insert pictures where you like them.",
    "“A walk around the lake,” she said, “takes two hours, or three.”",
)


def sample_traffic() -> list[Given]:
    """The requests, in an order in which readers, programs and editors take turns."""
    kinds = [list(_readers()), list(_programs()), list(_editors())]
    longest = max(map(len, kinds))
    return [kind[at] for at in range(longest) for kind in kinds if at < len(kind)]


def _readers() -> Iterator[Given]:
    for number, path in enumerate((*_PAGES, *_ASSETS) * 2):
        fields = _browser(number)
        yield _made("GET", _SITE + path, fields)
    for number, query in enumerate(_QUERIES):
        text = urlencode({"q": query, "page": number + 1, "utm_source": "newsletter"})
        yield _made("GET", f"{_SITE}/search?{text}", _browser(number))
    for number in range(4):
        form = {"name": "Ann Lee", "email": f"visitor{number}@example.org", "message": _prose(300 * (number + 1)), "copy": "on"}
        yield _made("POST", f"{_SITE}/contact", _browser(number), urlencode(form).encode(), "application/x-www-form-urlencoded")


def _programs() -> Iterator[Given]:
    for number in range(16):
        filters = {"filter[type]": "article", "filter[published][gt]": "2026-01-01T00:00:00Z", "page[offset]": 20 * number}
        yield _made("GET", f"{_API}/items?{urlencode(filters)}&order_by=published_DESC&locale=en", _program())
        yield _made("GET", f"{_API}/items/{4711 + number}?include=author,image&fields%5Bitem%5D=title,slug", _program())
    query = "query Items($first: Int) { allArticles(first: $first) { id title slug author { name } } }"
    for number in range(8):
        body = json.dumps({"operationName": "Items", "query": query, "variables": {"first": number}}).encode()
        yield _made("POST", f"{_API}/graphql", _program(), body, "application/json")


def _editors() -> Iterator[Given]:
    for number, size in enumerate((200, 500, 1000, 2000, 4000, 8000, 16000) * 2):
        item = {"title": _SENTENCES[number % len(_SENTENCES)][:60], "slug": f"item-{number}", "body": _prose(size)}
        attributes = {**item, "published": True, "tags": ["lake", "news"], "seo": {"description": _prose(120), "image": None}}
        body = json.dumps({"data": {"type": "item", "attributes": attributes}}).encode()
        yield _made("PUT" if number % 2 else "POST", f"{_API}/items/{number}", _program(), body, "application/json")
    login = urlencode({"email": "editor@example.com", "password": "Tr0ub4dor&3!", "remember": 1}).encode()
    yield _made("POST", f"{_SITE}/admin/login", _browser(0), login, "application/x-www-form-urlencoded")
    yield _made("POST", f"{_API}/uploads", _browser(1), _upload(), "multipart/form-data; boundary=----sample")
    yield _made("DELETE", f"{_API}/items/4711", _program())
    yield _made("OPTIONS", f"{_API}/items", [*_browser(2), ("Origin", _SITE), ("Access-Control-Request-Method", "PUT")])


def _browser(number: int) -> list[Field]:
    return [
        ("User-Agent", _BROWSERS[number % len(_BROWSERS)]),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", ("en-US,en;q=0.9", "de-DE,de;q=0.8,en;q=0.5")[number % 2]),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Referer", f"{_SITE}{_PAGES[number % len(_PAGES)]}"),
        ("Cookie", f"sid={number * 2654435761 % 2**32:032x}; consent=analytics%3D1"),
    ]


def _program() -> list[Field]:
    fields = {"User-Agent": "cms-client/5.2 (node 20.14)", "Accept": "application/json", "Accept-Encoding": "gzip, br"}
    return [*fields.items(), ("Authorization", f"Bearer {2**127:032x}")]


def _prose(size: int) -> str:
    text = " ".join(_SENTENCES)
    return (text * (size // len(text) + 1))[:size]


def _upload() -> bytes:
    parts = (
        b'Content-Disposition: form-data; name="title"\r\n\r\nThe lake in autumn',
        b'Content-Disposition: form-data; name="file"; filename="lake.txt"\r\nContent-Type: text/plain\r\n\r\n'
        + _prose(900).encode(),
    )
    return b"".join(b"------sample\r\n" + part + b"\r\n" for part in parts) + b"------sample--\r\n"


def _made(method: str, url: str, fields: list[Field], body: bytes = b"", kind: str = "") -> Given:
    typed = [*fields, ("Content-Type", kind)] if kind else fields
    return Given(written(method, url, typed, body, has_body=bool(kind)), f"{method} {url}")
