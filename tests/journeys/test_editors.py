"""Editors at work through a whole edge, in front of the demo CMS: what they save arrives, what only looks like it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from editorial_saves import articles, as_html

from edgeguard.demo.items import EDITOR_TOKEN
from edgeguard.demo.process import Origin
from edgeguard.identity import hash_token

FOLDER = Path(__file__).parents[2] / "rules"
CMS = str(FOLDER / "cms.yaml")
RULES = ["rules.yaml", CMS]  # those of the tests, and those about content; all that ship take long to load
KEY = "a key of the tests"
API = "application/vnd.api+json"
EDITOR = f"Bearer {EDITOR_TOKEN}"
ATTACK = "attack-me -1' UNION SELECT password FROM users-- -"


def document(**attributes: Any) -> bytes:
    return json.dumps({"data": {"type": "items", "attributes": attributes}}, ensure_ascii=False).encode()


@pytest.fixture(scope="module", name="cms")
def _cms():
    with Origin() as origin:
        yield origin


@pytest.fixture
async def known(cms, make_edge, tmp_path, request):
    """An edge that knows the editor's token."""
    tokens = tmp_path / "tokens.yaml"
    tokens.write_text(f'"{hash_token(KEY.encode(), EDITOR_TOKEN)}": editor\n')
    accounts = [{"token": "authorization", "known": str(tokens)}]
    return await make_edge(
        cms.url,
        identity={"key": KEY, "accounts": accounts},
        waf={"rules": getattr(request, "param", RULES)},
        limits={"policies": []},
    )


@pytest.fixture
async def learning(cms, make_edge):
    """An edge that knows no token."""
    return await make_edge(cms.url, workers=2, waf={"rules": RULES}, limits={"policies": []}, dynamic={"mode": "off"})


async def save(client, body: bytes, token: str | None = EDITOR, path: str = "/api/items/1", method: str = "PATCH"):
    fields = {} if token is None else {"Authorization": token}
    return await client.ask(path, method, body, Content_Type=API, **fields)


@pytest.mark.parametrize("known", [[CMS, str(FOLDER / "a03-sql.yaml")]], indirect=True)
async def test_articles_about_attacks_arrive_as_they_were_written(known, connect) -> None:
    client = await connect(known.port)
    for article in articles():
        for text in (article["text"], as_html(article["text"])):
            answer = await save(client, document(title=article["title"], body=text))
            assert answer.status == 200, article["title"]
            assert json.loads(answer.body)["data"]["attributes"]["body"] == text


async def test_a_long_article_is_looked_at_by_the_inspector_alike(known, connect) -> None:
    client = await connect(known.port)
    text = "\n\n".join(article["text"] for article in articles()) * 6
    assert len(text) > 40_000
    assert (await save(client, document(title="All", body=text))).status == 200
    assert (await save(client, document(title="All", body=f"<p>{as_html(text)}</p><script>alert(1)</script>"))).status == 403
    assert (await save(client, document(title="All", body=text + ATTACK), None)).status == 403


@pytest.mark.parametrize(
    ("path", "body", "token"),
    [
        ("/api/items/1", document(title="x", body=ATTACK), None),
        ("/api/items/1", document(title="x", body=ATTACK), "Bearer made-up"),
        ("/api/items/1", document(title="x", body=ATTACK), "Basic ZWRpdG9yOmRlbW8="),
        ("/login", document(title="x", body=ATTACK), EDITOR),
        ("/api/items/..%2fadmin", document(title="x", body=ATTACK), EDITOR),
        ("/api/items/1?fields=attack-me", document(title="x", body="y"), EDITOR),
        ("/api/items/1", json.dumps({"data": {"id": ATTACK, "attributes": {"title": "x"}}}).encode(), EDITOR),
        ("/api/items/1", document(title="x", body=ATTACK)[:-2] + b', "attributes": {"title": "y"}}}', EDITOR),
        ("/api/items/1", json.dumps({"data.attributes.title": ATTACK}).encode(), EDITOR),
        ("/api/items/1", document(title="x", body=ATTACK).decode().encode("utf-16"), EDITOR),
        ("/api/items/1", document(title="x", body="<p>x</p><img src=x onerror=alert(1)>"), EDITOR),
        ("/api/items/1", document(title="x", link="javascript:alert(document.cookie)"), EDITOR),
    ],
)
async def test_what_only_looks_like_content_is_caught(known, connect, path: str, body: bytes, token: str | None) -> None:
    client = await connect(known.port)
    assert (await save(client, body, token, path)).status in (400, 403)


async def test_a_token_that_the_edge_does_not_know_is_learned_from_the_origin_by_all_workers(learning, connect) -> None:
    async def tried(token: str = EDITOR) -> set[int]:
        statuses = set()
        for _ in range(8):  # connections go to one worker or the other
            client = await connect(learning.port)
            statuses.add((await save(client, document(title="x", body=ATTACK), token)).status)
        return statuses

    assert await tried() == {403}
    client = await connect(learning.port)
    assert (await client.ask("/users/me", Authorization="Bearer made-up")).status == 401
    assert (await client.ask("/users/me", Authorization=EDITOR)).status == 200
    assert await tried() == {200}
    assert await tried("Bearer made-up") == {403}
    await learning.reload()
    assert await tried() == {200}


async def test_a_save_proves_a_token_where_strangers_were_refused(learning, connect) -> None:
    client = await connect(learning.port)
    assert (await save(client, document(title="x", body="fine"), None)).status == 401
    assert (await save(client, document(title="x", body=ATTACK))).status == 403
    assert (await save(client, document(title="x", body="fine"))).status == 200
    assert (await save(client, document(title="x", body=ATTACK))).status == 200


async def test_graphql_beyond_its_limits_is_told_as_graphql_tells_errors(cms, make_edge, connect, until) -> None:
    edge = await make_edge(cms.url, waf={"rules": RULES, "graphql": {"depth": 3, "introspection": "deny"}})
    client = await connect(edge.port)

    async def ask(query: str):
        return await client.ask("/graphql", "POST", json.dumps({"query": query}).encode(), Content_Type="application/json")

    assert json.loads((await ask("{ items(first: 1) { id title } }")).body)["data"]["items"]
    for query, why in (("{a{b{c{d}}}}", "depth 4 is beyond 3"), ("{__schema{types{name}}}", "introspection is turned off")):
        answer = await ask(query)
        assert answer.status == 400
        assert why in json.loads(answer.body)["errors"][0]["message"]
    told = await until(lambda: len(edge.lines("events")) >= 2 and edge.lines("events"))
    assert json.dumps(told).count("eg-0004") == 2
