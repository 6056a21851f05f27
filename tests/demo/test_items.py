from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.demo.items import MOST_TEXT

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient


def _document(**attributes: object) -> str:
    return json.dumps({"data": {"type": "items", "attributes": attributes}})


async def test_the_index_is_cacheable_and_has_validators(cms: TestClient) -> None:
    response = await cms.get("/api/items")
    assert response.status == 200
    assert response.content_type == "application/vnd.api+json"
    assert response.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=60"
    assert response.headers["Vary"] == "Accept-Language"
    assert response.headers["Last-Modified"].endswith("GMT")
    document = await response.json(content_type=None)
    assert len(document["data"]) == 5
    assert document["links"]["prev"] is None
    assert document["links"]["next"] == "/api/items?page[number]=2&page[size]=5"


async def test_what_the_client_has_is_not_sent_again(cms: TestClient) -> None:
    first = await cms.get("/api/items/1")
    for fields in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", W/{first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = await cms.get("/api/items/1", headers=fields)
        assert again.status == 304
        assert again.headers["ETag"] == first.headers["ETag"]
        assert await again.read() == b""


@pytest.mark.parametrize("field", ["If-None-Match", "If-Modified-Since"])
async def test_what_the_client_lacks_is_sent(cms: TestClient, field: str) -> None:
    response = await cms.get("/api/items/1", headers={field: "Thu, 01 Jan 1970 00:00:00 GMT"})
    assert response.status == 200


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [("", "", "en"), ("?locale=de", "en", "de"), ("", "fr, de;q=0.8, en;q=0.5", "de"), ("", "fr", "en")],
)
async def test_language_by_query_then_by_header(cms: TestClient, query: str, accepted: str, language: str) -> None:
    response = await cms.get(f"/api/items/1{query}", headers={"Accept-Language": accepted})
    assert response.headers["Content-Language"] == language


@pytest.mark.parametrize(
    "query", ["locale=xx", "page[size]=0", "page[size]=51", "page[number]=-1", "page[number]=²", "page[number]=9999999999"]
)
async def test_odd_parameters_are_refused(cms: TestClient, query: str) -> None:
    response = await cms.get(f"/api/items?{query}")
    assert response.status == 400
    assert (await response.json(content_type=None))["errors"][0]["status"] == "400"


async def test_an_editor_saves_an_article_about_sql_injection(cms: TestClient, editor: dict[str, str]) -> None:
    text = "Someone types ' OR 1=1 -- and SELECT * FROM users; DROP TABLE users answers."
    saved = await cms.post("/api/items", headers=editor, data=_document(title="Injection", body=text))
    assert saved.status == 201
    assert saved.headers["Cache-Control"] == "no-store"
    shown = await cms.get(saved.headers["Location"])
    attributes = (await shown.json(content_type=None))["data"]["attributes"]
    assert attributes["body"] == text
    assert attributes["updated"] == 1_800_000_000


async def test_a_change_gives_a_new_etag(cms: TestClient, editor: dict[str, str]) -> None:
    before = (await cms.get("/api/items/2")).headers["ETag"]
    changed = await cms.patch("/api/items/2", headers=editor, data=_document(title="Other"))
    assert changed.status == 200
    assert (await cms.get("/api/items/2", headers={"If-None-Match": before})).status == 200


async def test_a_deleted_article_is_gone(cms: TestClient, editor: dict[str, str]) -> None:
    assert (await cms.delete("/api/items/3", headers=editor)).status == 204
    assert (await cms.delete("/api/items/3", headers=editor)).status == 404
    assert (await cms.get("/api/items/3")).status == 404


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("token", [None, "Bearer wrong", "Bearer", "Basic demo-editor", "Bearer dämo"])
async def test_nobody_else_writes(cms: TestClient, method: str, token: str | None) -> None:
    path = "/api/items" if method == "POST" else "/api/items/1"
    headers = {} if token is None else {"Authorization": token}
    response = await cms.request(method, path, headers=headers, data=_document(title="x"))
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 400),
        ("[]", 400),
        ('{"data": {"attributes": []}}', 400),
        ("[" * 100_000, 400),
        (_document(body="no title"), 422),
        (_document(title=7), 422),
        (_document(title="x", body="y" * (MOST_TEXT + 1)), 422),
    ],
)
async def test_odd_documents_are_refused(cms: TestClient, editor: dict[str, str], content: str, status: int) -> None:
    assert (await cms.post("/api/items", headers=editor, data=content)).status == status


async def test_only_the_editor_is_told_who_they_are(cms: TestClient, editor: dict[str, str]) -> None:
    known = await cms.get("/users/me", headers=editor)
    assert known.status == 200
    assert (await known.json(content_type=None))["data"]["id"] == "editor"
    assert (await cms.get("/users/me")).status == 401
    assert (await cms.get("/users/me", headers={"Authorization": "Bearer made-up"})).status == 401
