"""A challenge met by a real browser, which passes it by itself, and by a script, which does not."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import urllib.request

import pytest

TITLE = "The article"


@pytest.fixture
def browser():
    """The program of a Chromium, in which all that is asked for is run headless."""
    named = os.environ.get("EDGEGUARD_CHROMIUM")
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if not (named or found):
        pytest.skip("no Chromium on PATH nor in EDGEGUARD_CHROMIUM")
    return named or found


@pytest.fixture
async def challenged(make_origin, make_edge, answering, ok):
    """An edge that challenges everybody, as in an attack."""
    page = f"<!doctype html><meta charset=utf-8><title>{TITLE}</title>".encode()
    origin = await make_origin(answering(lambda _: ok(page, "Content-Type: text/html")))
    edge = await make_edge(
        origin.url, workers=2, identity={"key": "a key for tests, long enough"}, dynamic={"challenge": {"bits": 12}}
    )
    command = [sys.executable, "-m", "edgeguard", "bans", "add", "127.0.0.0/8", "-c", str(edge.path), "--action", "challenge"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    edge.origin = origin
    return edge


@pytest.mark.slow
@pytest.mark.timeout(150)  # a browser may take long to start on a busy machine
async def test_a_browser_passes_and_goes_on(challenged, browser, free_port, until, tmp_path) -> None:
    port = free_port()
    command = [
        browser,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        f"--remote-debugging-port={port}",
        f"--user-data-dir={tmp_path / 'profile'}",
        f"http://127.0.0.1:{challenged.port}/articles/7?page=2",
    ]
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=nowhere, stderr=nowhere)
    try:
        await until(lambda: asyncio.to_thread(shows, port, "/articles/7?page=2"), 60)
    finally:
        process.terminate()
        await process.wait()
    assert "GET /articles/7?page=2" in challenged.origin.lines
    assert await challenged.metric("edgeguard_challenges_total", outcome="solved") == 1


def shows(port: int, place: str) -> bool:
    """Whether the browser has arrived there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
            pages = json.loads(answer.read())
    except OSError:
        return False
    return any(page.get("title") == TITLE and page.get("url", "").endswith(place) for page in pages)


async def test_a_script_does_not(challenged, connect) -> None:
    client = await connect(challenged.port)
    page = await client.ask("/articles/7", Accept="text/html", User_Agent="Mozilla/5.0")
    assert (page.status, b"challenge.js" in page.body) == (403, True)
    plain = await client.ask("/articles/7", Accept="application/json")
    assert (plain.status, b"challenge.js" in plain.body) == (403, False)
    assert challenged.origin.lines == []
