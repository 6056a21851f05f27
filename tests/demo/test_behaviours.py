from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from edgeguard.demo.behaviours import MOST_EVENTS, MOST_SECONDS, _number

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient


@pytest.mark.parametrize(
    ("text", "value"), [("2.5", 2.5), ("-1", 0.0), ("1e9", MOST_SECONDS), ("inf", MOST_SECONDS), ("nan", 1.0), ("soon", 1.0)]
)
def test_figures_are_bounded(text: str, value: float) -> None:
    assert _number(make_mocked_request("GET", f"/slow?seconds={text}"), "seconds", 1.0, MOST_SECONDS) == value


async def test_slow_answers_after_all(cms: TestClient) -> None:
    response = await cms.get("/slow?seconds=0.01")
    assert await response.text() == "waited 0.01 s\n"


async def test_fail_says_too_much_when_asked_to(cms: TestClient) -> None:
    quiet, careless = await cms.get("/fail"), await cms.get("/fail?trace=1")
    assert quiet.status == careless.status == 500
    assert "Traceback" not in await quiet.text()
    assert "Traceback (most recent call last)" in await careless.text()


async def test_flaky_fails_every_third_time(cms: TestClient) -> None:
    assert [(await cms.get("/flaky")).status for _ in range(6)] == [200, 200, 503, 200, 200, 503]


async def test_events_are_counted_and_bounded(cms: TestClient) -> None:
    response = await cms.get("/events?count=3&interval=0")
    assert response.content_type == "text/event-stream"
    assert await response.text() == "".join(f"id: {n}\nevent: tick\ndata: {n} of 3\n\n" for n in (1, 2, 3))
    many = await (await cms.get("/events?count=1000000&interval=0")).text()
    assert many.count("event: tick") == MOST_EVENTS


async def test_echo_shows_what_came(cms: TestClient) -> None:
    response = await cms.put(URL("/echo?a=%27", encoded=True), data=b"x" * 100_000, headers={"X-Asked": "yes"})
    document = await response.json()
    assert (document["method"], document["path"], document["body_bytes"]) == ("PUT", "/echo?a=%27", 100_000)
    assert ["X-Asked", "yes"] in document["headers"]
    assert response.headers["Cache-Control"] == "no-store"
