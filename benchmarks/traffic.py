"""Ordinary traffic of a headless CMS: what browsers, editors and programs send when nobody means harm.

Seeded: the same seed gives the same requests. A rule set that blocks one of these has raised a false alarm; two programs with one
rule set should raise the same ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from prose import NAMES, TECHNICAL, WORDS, paragraph, rich_text, sentence
from sample import FORM, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
)
_PROGRAMS = ("cms-client/5.2 (node 20.14)", "next.js/14.2", "okhttp/4.12.0", "GatsbyJS/5.13")
_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_LANGUAGES = ("en-US,en;q=0.9", "de-DE,de;q=0.8,en;q=0.5", "fr-FR,fr;q=0.9", "pl,en;q=0.7", "ja")


def ordinary(count: int, random: Random) -> Iterator[Sample]:
    """`count` requests; kinds come as often as they do, roughly, on a site with editors at work."""
    kinds, weights = zip(*_KINDS.items(), strict=True)
    for number in range(count):
        make = random.choices(kinds, weights)[0]
        yield make(f"ordinary/{make.__name__.strip('_').replace('_', '-')}-{number}", random)


def _browser(random: Random, accept: str = _PAGE) -> list[tuple[bytes, bytes]]:
    fields = [
        ("Host", "www.example.com"),
        ("User-Agent", random.choice(_AGENTS)),
        ("Accept", accept),
        ("Accept-Language", random.choice(_LANGUAGES)),
        ("Accept-Encoding", "gzip, deflate, br"),
    ]
    if random.random() < 0.7:
        fields.append(
            ("Referer", f"https://www.example.com/{random.choice(('', 'news', 'events?page=2', 'search?q=lake+autumn'))}")
        )
    if random.random() < 0.6:
        session, visitor = f"{random.getrandbits(128):032x}", f"GA1.2.{random.getrandbits(30)}.1718{random.getrandbits(20)}"
        fields.append(("Cookie", f"sid={session}; consent=analytics%3D1%26ads%3D0; _ga={visitor}"))
    return [(name.encode(), value.encode()) for name, value in fields]


def _program(random: Random) -> list[tuple[bytes, bytes]]:
    fields = [
        ("Host", "cms.example.com"),
        ("User-Agent", random.choice(_PROGRAMS)),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip, br"),
        ("Authorization", f"Bearer {random.getrandbits(128):032x}"),
    ]
    return [(name.encode(), value.encode()) for name, value in fields]


def _get(name: str, target: str, fields: list[tuple[bytes, bytes]]) -> Sample:
    return Sample(name, b"GET", target.encode(), fields=tuple(fields))


def _send(name: str, method: str, target: str, fields: list[tuple[bytes, bytes]], body: bytes, media_type: str) -> Sample:
    more = ((b"Content-Type", media_type.encode()), (b"Content-Length", b"%d" % len(body)))
    return Sample(name, method.encode(), target.encode(), fields=(*fields, *more), body=body)


def _page(name: str, random: Random) -> Sample:
    slug = "-".join(random.choice(WORDS).split()).replace("%", "").replace("#", "").replace("/", "-").replace("&", "and")
    return _get(name, f"/{random.choice(('news', 'events', 'people', 'de/orte'))}/{quote(slug)}", _browser(random))


def _asset(name: str, random: Random) -> Sample:
    target = random.choice(
        ("/assets/app.3f9c2e.js", "/assets/site.css?v=1718", "/media/lake-800.jpg?w=800&h=600&fit=crop", "/favicon.ico")
    )
    return _get(name, target, _browser(random, "*/*"))


def _search(name: str, random: Random) -> Sample:
    query = random.choice((random.choice(WORDS), random.choice(NAMES), sentence(random)[:60]))
    return _get(name, "/search?" + urlencode({"q": query, "page": random.randrange(1, 9), "sort": "-date"}), _browser(random))


def _campaign(name: str, random: Random) -> Sample:
    query = {
        "utm_source": "newsletter",
        "utm_medium": "email",
        "utm_campaign": "autumn 2026: last call",
        "gclid": f"Cj0{random.getrandbits(90):x}",
    }
    return _get(name, "/events?" + urlencode(query), _browser(random))


def _api_list(name: str, random: Random) -> Sample:
    query = {
        "filter[type]": random.choice(("article", "event", "person")),
        "filter[fields][published_at][gt]": "2026-01-01T00:00:00Z",
        "page[limit]": random.choice((10, 20, 50)),
        "page[offset]": random.randrange(0, 500, 10),
        "order_by": "published_at_DESC",
        "locale": random.choice(("en", "de", "pt-BR")),
    }
    return _get(name, "/items?" + urlencode(query), _program(random))


def _api_item(name: str, random: Random) -> Sample:
    return _get(name, f"/items/{random.randrange(10**7)}?include=author,image&fields%5Bitem%5D=title,slug,body", _program(random))


def api_get(name: str, random: Random) -> Sample:
    """A program reads: one item, or a list."""
    return random.choice((_api_list, _api_item))(name, random)


def _save(name: str, random: Random) -> Sample:
    return _document(name, random, rich_text(random, random.choice((300, 1500, 6000))))


def _save_technical(name: str, random: Random) -> Sample:
    return _document(name, random, "\n\n".join((paragraph(random, 200), *random.sample(TECHNICAL, random.randrange(1, 4)))))


def api_save(name: str, random: Random, size: int) -> Sample:
    """A program saves a document of plain text, `size` bytes at least."""
    body = _json(_item(random, paragraph(random, max(10, size - 700))), ascii_only=False)
    return _send(name, "POST", "/items", _program(random), body, "application/json")


def _document(name: str, random: Random, text: str) -> Sample:
    method, target = random.choice((("POST", "/items"), ("PUT", f"/items/{random.randrange(10**6)}"), ("PATCH", "/items/42")))
    media_type = random.choice(("application/json", "application/json; charset=utf-8", "application/vnd.api+json"))
    body = _json(_item(random, text), ascii_only=random.random() < 0.5)
    return _send(name, method, target, _program(random), body, media_type)


def _json(document: dict[str, object], *, ascii_only: bool) -> bytes:
    return json.dumps(document, ensure_ascii=ascii_only).encode()


def _item(random: Random, text: str) -> dict[str, object]:
    attributes = {
        "title": sentence(random)[:80],
        "slug": f"item-{random.randrange(10**6)}",
        "body": text,
        "author": random.choice(NAMES),
        "published": random.random() < 0.5,
        "position": random.randrange(100),
        "seo": {"description": sentence(random), "image": None},
        "tags": random.sample(WORDS, 3),
        "updated_at": "2026-10-01T08:00:00.000+02:00",
    }
    links = {"author": {"data": {"id": str(random.randrange(10**6)), "type": "person"}}}
    return {"data": {"type": "item", "attributes": attributes, "relationships": links}}


def _graphql(name: str, random: Random) -> Sample:
    query = (
        "query Items($locale: SiteLocale, $first: IntType = 20, $text: String) {\n"
        "  allArticles(locale: $locale, first: $first, filter: {title: {matches: {pattern: $text}}}) {\n"
        "    id\n    title\n    slug\n    author { name }\n    cover { url(imgixParams: {w: 800, fit: crop}) alt }\n  }\n}"
    )
    variables = {"locale": "en", "first": random.choice((5, 20, 100)), "text": random.choice(WORDS)}
    body = json.dumps({"operationName": "Items", "query": query, "variables": variables}).encode()
    return _send(name, "POST", "/graphql", _program(random), body, "application/json")


def contact(name: str, random: Random) -> Sample:
    """A visitor sends a form."""
    form = {
        "name": random.choice(NAMES),
        "email": f"visitor{random.randrange(999)}@example.org",
        "subject": sentence(random)[:50],
        "message": paragraph(random, random.choice((80, 400))),
        "newsletter": "on",
    }
    fields = [*_browser(random), (b"Origin", b"https://www.example.com")]
    return _send(name, "POST", "/contact", fields, urlencode(form).encode(), FORM.decode())


def _login(name: str, random: Random) -> Sample:
    secret = "".join(random.choice("abcdefgHJKL23456789!?#$%&*()-_=+'\";:<>/") for _ in range(14))
    form = {"email": "editor@example.com", "password": secret, "remember": "1", "_csrf": f"{random.getrandbits(128):x}"}
    return _send(name, "POST", "/admin/login", _browser(random), urlencode(form).encode(), FORM.decode())


def _upload(name: str, random: Random) -> Sample:
    boundary = f"----WebKitFormBoundary{random.getrandbits(64):016x}"
    kind = random.choice(
        (
            ("lake.png", "image/png", b"\x89PNG\r\n\x1a\n"),
            ("plan.pdf", "application/pdf", b"%PDF-1.7\n"),
            ("notes.txt", "text/plain", b""),
        )
    )
    content = kind[2] + (random.randbytes(random.choice((200, 3000, 20000))) if kind[2] else paragraph(random, 500).encode())
    text = {"title": sentence(random)[:60], "alt": random.choice(WORDS), "folder": "2026/autumn"}
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in text.items()]
    parts.append(
        f'Content-Disposition: form-data; name="file"; filename="{kind[0]}"\r\nContent-Type: {kind[1]}\r\n\r\n'.encode() + content
    )
    body = (
        b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary.encode() + b"--\r\n"
    )
    return _send(name, "POST", "/uploads", _browser(random), body, f"multipart/form-data; boundary={boundary}")


def _feed(name: str, random: Random) -> Sample:
    title, text = (part.replace("&", "&amp;").replace("<", "&lt;") for part in (sentence(random), paragraph(random, 300)))
    inside = f"<title>{title}</title><content>{text}</content>"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<entry xmlns="urn:example:feed">{inside}</entry>'
    return _send(name, "POST", "/feeds/import", _program(random), body.encode(), "application/xml")


def _other_methods(name: str, random: Random) -> Sample:
    method = random.choice((b"DELETE", b"OPTIONS", b"HEAD"))
    fields = _program(random)
    if method == b"OPTIONS":
        fields += [(b"Origin", b"https://www.example.com"), (b"Access-Control-Request-Method", b"PUT")]
    return Sample(name, method, f"/items/{random.randrange(10**6)}".encode(), fields=tuple(fields))


_KINDS: dict[Callable[[str, Random], Sample], int] = {
    _page: 14,
    _asset: 10,
    _search: 10,
    _campaign: 4,
    _api_list: 14,
    _api_item: 14,
    _save: 10,
    _save_technical: 4,
    _graphql: 8,
    contact: 4,
    _login: 3,
    _upload: 4,
    _feed: 2,
    _other_methods: 4,
}
