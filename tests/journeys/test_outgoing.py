"""An origin that says too much, behind an edge with the rules that ship: what leaks is withheld or masked, what editors publish
about leaks goes out byte for byte, and neither a part nor a compressed answer is a way around.
"""

from __future__ import annotations

import gzip
import json

import pytest

from edgeguard.config.bundled import bundled

TOKEN = "sk_live_Q3kT9zXw1mLb7VnR5sYd2HcJ"
TRACE = 'Traceback (most recent call last):\n  File "/srv/cms/app.py", line 3, in <module>\nValueError: x\n'
LISTING = (
    "<html>\r\n<head><title>Index of /backup/</title></head>\r\n<body>\r\n<h1>Index of /backup/</h1><hr><pre></pre></body></html>"
)
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
ARTICLE = json.dumps(
    {
        "data": {
            "attributes": {
                "title": "What leaks: Traceback (most recent call last)",
                "body": f"<p>A page such as</p><pre>{TRACE}</pre><p>or <code>{TOKEN}</code>, the card 4111 1111 1111 1111, "
                f"ORA-00933: SQL command not properly ended, and</p><pre>{KEY}</pre><p>You have an error in your SQL syntax</p>",
            }
        }
    }
)
WITHHELD = {
    "/trace": ("500 Internal Server Error", "text/html", TRACE),
    "/sql": ("500 Internal Server Error", "application/json", '{"error": "SQLSTATE[42S22]: Column not found"}'),
    "/debug": ("404 Not Found", "text/html", "<p>You're seeing this error because you have <code>DEBUG = True</code> in your"),
    "/backup/": ("200 OK", "text/html", LISTING),
    "/index.php": ("200 OK", "text/html", "<?php\n$password = 'x';"),
    "/.env": ("200 OK", "text/plain", "APP_ENV=production\nDB_PASSWORD=correct-horse\n"),
    "/server.key": ("200 OK", "text/plain", KEY),
}
ARTICLES = {
    "/items/1": ("application/vnd.api+json", ARTICLE),
    "/blog/leaks": (
        "text/html",
        f"<!doctype html><html><head><title>Leaks</title></head><body>{json.loads(ARTICLE)}</body></html>",
    ),
    "/docs.txt": ("text/plain", f"How to read a trace\n\n{TRACE}\n{KEY}"),
    "/a.css": ("text/css", "/* Index of / */ a { color: #4111 }"),
}


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok):
    def handler(received):
        path = received.target.partition("?")[0]
        if path in WITHHELD:
            status, kind, body = WITHHELD[path]
            return _answer(status, kind, body)
        if path in ARTICLES:
            return _answer("200 OK", *ARTICLES[path])
        if path == "/large":
            return _answer("200 OK", "application/json", json.dumps({"text": "words " * 9000, "key": TOKEN}))
        if path == "/untyped":
            return f"HTTP/1.1 500 Internal Server Error\r\nContent-Length: {len(TRACE)}\r\n\r\n{TRACE}".encode()
        if path == "/config":
            body = json.dumps({"key": TOKEN, "n": 1})
            if "range" in received.fields:
                return _answer("206 Partial Content", "application/json", body[:20], f"Content-Range: bytes 0-19/{len(body)}")
            if "gzip" in received.fields.get("accept-encoding", ""):
                return _answer("200 OK", "application/json", gzip.compress(body.encode()), "Content-Encoding: gzip")
            return _answer("200 OK", "application/json", body, "Cache-Control: public, max-age=60")
        return ok()

    origin = await make_origin(answering(handler))
    return await make_edge(origin.url, waf={"rules": [str(bundled("rules") / "outgoing.yaml")], "compiled": "off"})


def _answer(status, kind, body, *fields):
    content = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", f"Content-Type: {kind}", *fields, "", ""]
    return "\r\n".join(lines).encode() + content


def _events(edge, name):
    """What the security log has by this name, so far."""
    return [event for event in edge.lines("events") if event["event"] == name]


async def test_what_leaks_is_withheld(edge, connect, until) -> None:
    client = await connect(edge.port)
    for path, (_, _, body) in WITHHELD.items():
        answer = await client.ask(path)
        assert answer.status == 502, path
        assert not any(line and line in answer.body.decode() for line in body.splitlines()), path
    events = await until(lambda: len(found := _events(edge, "request_blocked")) == len(WITHHELD) and found)
    assert {event["matches"][0]["pack"] for event in events} == {"outgoing"}
    assert "correct-horse" not in (edge.folder / "events.log").read_text()
    await edge.counts(len(WITHHELD), "edgeguard_pack_matches_total", pack="outgoing", mode="enforce")


async def test_what_editors_publish_about_leaks_goes_out_byte_for_byte(edge, connect) -> None:
    client = await connect(edge.port)
    for path, (_, body) in ARTICLES.items():
        answer = await client.ask(path)
        assert (answer.status, answer.body) == (200, body.encode()), path


async def test_a_token_is_masked_whichever_way_it_is_asked_for(edge, connect, until) -> None:
    client = await connect(edge.port)
    expected = {"key": "*" * len(TOKEN), "n": 1}
    for number, fields in enumerate(({}, {}, {"Accept_Encoding": "gzip"}, {"Range": "bytes=0-19"})):
        answer = await client.ask(f"/config?{number // 2}{'' if number < 2 else number}", **fields)
        assert (answer.status, json.loads(answer.body)) == (200, expected), fields
        assert "content-encoding" not in answer.fields
    await edge.counts(3, "edgeguard_responses_masked_total")  # the second one came from the cache, masked
    masked = await until(lambda: len(found := _events(edge, "response_masked")) == 3 and found)
    assert {event["matches"][0]["value"] for event in masked} == {"***"}


async def test_a_large_answer_is_masked_too_and_one_without_a_type_is_looked_at(edge, connect) -> None:
    client = await connect(edge.port)
    answer = await client.ask("/large")
    assert json.loads(answer.body)["key"] == "*" * len(TOKEN)
    await edge.counts(1, "edgeguard_inspector_bodies_total", outcome="inspector")
    assert (await client.ask("/untyped")).status == 502


async def test_dials_and_exclusions_come_with_a_reload(edge, connect, until) -> None:
    client = await connect(edge.port)
    assert (await client.ask("/backup/")).status == 502
    edge.config["waf"]["exclusions"] = [{"name": "mirror", "rules": ["eg-out-201"], "paths": ["/backup"], "until": "2099-12-31"}]
    edge.config["routes"] = [{"name": "keys", "paths": ["/server.key"], "waf": {"packs": {"outgoing": {"mode": "shadow"}}}}]
    assert (await edge.reload())["reload"]["ok"]
    client = await connect(edge.port)
    assert (await client.ask("/backup/")).body == LISTING.encode()
    assert (await client.ask("/server.key")).body == KEY.encode()
    assert (await client.ask("/index.php")).status == 502
    await edge.counts(1, "edgeguard_waf_exclusions_total", exclusion="mirror")
    shadowed = await until(lambda: _events(edge, "shadow_match"))
    assert [event["matches"][0]["mode"] for event in shadowed] == ["shadow"]
    edge.config["waf"]["packs"] = {"outgong": {"mode": "off"}}
    told = await edge.reload()
    assert not told["reload"]["ok"]
    assert "did you mean 'outgoing'?" in told["reload"]["error"]
