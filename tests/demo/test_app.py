from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from edgeguard.demo.app import MOST_BODY

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient


async def test_graphql_answers(cms: TestClient) -> None:
    response = await cms.post("/graphql", json={"query": "{items(first: 1){slug}}"})
    assert await response.json() == {"data": {"items": [{"slug": "welcome"}]}}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"query": 1}', b"[" * 100_000])
async def test_graphql_wants_a_query(cms: TestClient, content: bytes) -> None:
    assert (await cms.post("/graphql", data=content)).status == 400


async def test_it_boasts_as_real_systems_do(cms: TestClient) -> None:
    for path in ("/", "/api/items", "/no-such-place"):
        response = await cms.get(path)
        assert response.headers["Server"] == "DemoCMS/1.0"
        assert response.headers["X-Powered-By"].startswith("DemoCMS")


async def test_errors_of_the_framework_look_like_the_others(cms: TestClient) -> None:
    missing = await cms.get("/no-such-place")
    assert (await missing.json(content_type=None))["errors"][0]["status"] == "404"
    wrong = await cms.put("/api/items")
    assert wrong.status == 405
    assert "POST" in wrong.headers["Allow"]


async def test_a_body_is_read_only_so_far(cms: TestClient) -> None:
    response = await cms.post("/graphql", data=io.BytesIO(b"x" * (MOST_BODY + 1)))
    assert response.status == 413
