from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient


async def test_a_form_gets_a_cookie_and_is_sent_home(cms: TestClient) -> None:
    response = await cms.post("/login", data={"user": "editor", "password": "demo"}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(response.headers["Set-Cookie"].split("; "))


async def test_json_gets_a_cookie_and_an_answer(cms: TestClient) -> None:
    response = await cms.post("/login", json={"user": "editor", "password": "demo"})
    assert await response.json() == {"user": "editor"}
    assert response.headers["Set-Cookie"].startswith("session=")


@pytest.mark.parametrize(("user", "password"), [("editor", "wrong"), ("nobody", "demo"), ("", ""), ("ä", "ö")])
async def test_anything_else_is_refused(cms: TestClient, user: str, password: str) -> None:
    by_form = await cms.post("/login", data={"user": user, "password": password})
    by_json = await cms.post("/login", json={"user": user, "password": password})
    assert by_form.status == by_json.status == 401
    assert "Set-Cookie" not in by_form.headers


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 100_000])
async def test_odd_json_is_refused(cms: TestClient, content: bytes) -> None:
    response = await cms.post("/login", data=content, headers={"Content-Type": "application/json"})
    assert response.status == 400
