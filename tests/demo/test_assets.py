from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from edgeguard.demo.assets import VIDEO_BYTES, video_pieces

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient


class _References(HTMLParser):
    """Collects what a page fetches and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href", "action") and value]


async def test_the_page_needs_nothing_from_elsewhere(cms: TestClient) -> None:
    response = await cms.get("/")
    text = await response.text()
    page = _References()
    page.feed(text)
    assert len(page.found) > 10
    assert all(reference.startswith("/") and not reference.startswith("//") for reference in page.found)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in text
    assert "style=" not in text


async def test_links_lead_somewhere(cms: TestClient) -> None:
    for path in ("/assets/style.css", "/assets/logo.svg", "/api/items", "/echo"):
        assert (await cms.get(path)).status == 200


async def test_files_have_types_and_validators(cms: TestClient) -> None:
    logo = await cms.get("/assets/logo.svg")
    assert logo.content_type == "image/svg+xml"
    assert (await cms.get("/assets/logo.svg", headers={"If-None-Match": logo.headers["ETag"]})).status == 304


async def test_the_video_has_its_announced_length_and_never_changes(cms: TestClient) -> None:
    response = await cms.get("/assets/video.bin")
    assert response.headers["Content-Length"] == str(VIDEO_BYTES)
    assert await response.read() == b"".join(video_pieces())
    head = await cms.head("/assets/video.bin")
    assert head.headers["Content-Length"] == str(VIDEO_BYTES)
    assert await head.read() == b""
