"""What operators see is what happened: figures add up over workers, lives and reloads; a line for each exchange; no secrets."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

SECRET = "hunter2-hunter2"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok):
    origin = await make_origin(answering(lambda _: ok(b"0123456789")))
    return await make_edge(
        origin.url,
        workers=2,
        identity={"key": "a key for tests, long enough", "accounts": [{"token": "authorization"}]},
        limits={"policies": [{"name": "account", "key": "account", "requests": 3, "seconds": 600}]},
    )


async def ask_new(connect, port: int, count: int, path: str = "/", **fields: str) -> list[int]:
    """Each on a connection of its own, many at once, so that both workers get some; their statuses."""

    async def once() -> int:
        client = await connect(port)
        status = (await client.ask(path, **fields)).status
        client.close()
        return status

    return list(await asyncio.gather(*[once() for _ in range(count)]))


async def test_figures_add_up_over_workers_and_their_lives(edge, connect, until) -> None:
    await ask_new(connect, edge.port, 7, "/?q=attack-me")
    await ask_new(connect, edge.port, 40)
    await edge.counts(40, "edgeguard_requests_total", verdict="pass")
    # A killed process takes along the lines that it had not written yet; counters live in shared memory and stay.
    await until(lambda: len(edge.lines()) == 47)
    await edge.counts(7, "edgeguard_requests_total", verdict="blocked", **{"class": "4xx"})
    await edge.counts(7, "edgeguard_rule_matches_total", rule="journey-1", mode="enforce")
    await edge.counts(47, "edgeguard_request_seconds_count")
    await edge.counts(47, "edgeguard_connections_accepted_total")
    for number, how in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL), start=1):
        first = (await edge.workers())[0]
        os.kill(first, how)
        await until(lambda first=first: replaced(edge, first))
        assert await edge.metric("edgeguard_requests_total") == 40 * number + 7
        await ask_new(connect, edge.port, 40)
        await edge.counts(40 * (number + 1), "edgeguard_requests_total", verdict="pass")
        await until(lambda number=number: len(edge.lines()) == 40 * (number + 1) + 7)
    assert await edge.metric("edgeguard_worker_restarts_total") >= 2
    assert (await edge.reload())["reload"]["ok"]
    await ask_new(connect, edge.port, 40)
    await edge.counts(200, "edgeguard_requests_total", verdict="pass")
    assert await edge.metric("edgeguard_requests_total") == 207
    assert await edge.metric("edgeguard_sent_bytes_total") >= 200 * 10
    await until(lambda: len(edge.lines()) == 207)
    assert await edge.metric("edgeguard_log_lines_dropped_total") == 0
    await until(lambda: nobody_is_connected(edge))


async def replaced(edge, gone: int) -> bool:
    workers = await edge.workers()
    return len(workers) == 2 and gone not in workers


async def nobody_is_connected(edge) -> bool:
    return await edge.metric("edgeguard_connections_open") == 0


async def test_each_exchange_is_one_line_and_each_refusal_one_event(edge, connect, until) -> None:
    client = await connect(edge.port)
    asked = [
        await client.ask("/plain", User_Agent="curl/8"),
        await client.ask("/blocked?q=attack-me"),
        await client.ask("/method", "DELETE", b"x"),
        *[await client.ask("/limited", Authorization="Bearer one-and-the-same") for _ in range(4)],
        await client.ask("/%ff%00"),
    ]
    assert [answer.status for answer in asked] == [200, 403, 200, 200, 200, 200, 429, 400]
    lines = await until(lambda: len(edge.lines()) >= 8 and edge.lines())
    events = await until(lambda: len(edge.lines("events")) >= 3 and edge.lines("events"))
    assert [line["status"] for line in lines] == [answer.status for answer in asked]
    # By the id that the client was told, a line is found, and by the same one its event.
    assert [line["id"] for line in lines[:-1]] == [answer.fields["x-request-id"] for answer in asked[:-1]]
    assert lines[-1]["id"] in asked[-1].body.decode()
    by_id = {event["id"]: event for event in events}
    assert list(by_id) == [line["id"] for line in lines if line["status"] >= 400]
    assert [event["event"] for event in events] == ["request_blocked", "limit_refused", "request_refused"]
    assert events[0]["matches"][0]["rule"] == "journey-1"
    assert events[1]["limits"] == ["account"]
    first = lines[0]
    assert (first["method"], first["path"], first["bytes_out"], first["client"]) == ("GET", "/plain", 10, "127.0.0.1")
    assert first["agent"] == "curl/8"


async def test_secrets_are_in_no_log_and_no_metric(edge, connect, until) -> None:
    client = await connect(edge.port)
    for path in (
        f"/a?access_token={SECRET}&page=2",
        f"/b?next=%2Fin%3Fpassword%3D{SECRET}",
        f"/c?jwt={TOKEN}",
        f"/blocked?q=attack-me&api_key={SECRET}",
        f"/d;sessionid={SECRET}/x",
    ):
        await client.ask(path, Authorization=f"Bearer {SECRET}", Cookie=f"session={SECRET}", X_Api_Key=SECRET)
    body = f'{{"password":"{SECRET}","text":"attack-me"}}'.encode()
    answer = await client.ask("/e", "POST", body, Content_Type="application/json", Authorization=f"Basic {SECRET}")
    assert answer.status == 403
    await until(lambda: len(edge.lines()) == 6)
    await until(lambda: len(edge.lines("events")) >= 2)
    metrics = (await edge.get("/metrics")).body.decode()
    written = "".join((edge.folder / name).read_text() for name in ("access.log", "events.log", "stderr"))
    for secret in (SECRET, TOKEN.rpartition(".")[2]):
        assert secret not in written
        assert secret not in metrics
    assert "page=2" in written


async def test_a_client_can_not_forge_a_line(edge, connect, until) -> None:
    client = await connect(edge.port)
    agent = '","status":200,"x":"\u0085\u2028\u202e\x7f'.encode().decode("latin-1").replace("\x7f", "")
    await client.ask("/%0a%7B%22status%22%3A200%7D?q=attack-me%0d%0a", User_Agent=agent)
    await until(lambda: edge.lines("events") and edge.lines("access"))
    for log in ("access", "events"):
        raw = (edge.folder / f"{log}.log").read_bytes()
        assert raw.count(b"\n") == 1
        assert all(char.isprintable() for char in raw.decode().rstrip("\n"))
        assert edge.lines(log)[0]["status"] == 403


async def test_the_public_listener_knows_nothing_of_admin_pages(edge, connect) -> None:
    client = await connect(edge.port)
    for page in ("/metrics", "/healthz", "/readyz"):
        answer = await client.ask(page)
        assert (answer.status, answer.body) == (200, b"0123456789"), page  # the origin's, like any other path
    for page in ("/metrics", "/healthz", "/readyz"):
        assert (await edge.get(page)).status == 200
    stranger = await connect(edge.admin)
    assert (await stranger.ask("/metrics", host="evil.example")).status == 421
    assert (await stranger.ask("/metrics", "POST", host="localhost")).status == 405
    assert (await stranger.ask("/nothing", host="localhost")).status == 404


async def test_log_files_are_opened_anew_on_sigusr1(edge, connect, until) -> None:
    await ask_new(connect, edge.port, 10)
    await until(lambda: len(edge.lines()) == 10)
    log = edge.folder / "access.log"
    log.rename(edge.folder / "access.log.1")
    edge.signal(signal.SIGUSR1)
    await until(log.exists)
    await ask_new(connect, edge.port, 10)
    rotated = edge.folder / "access.log.1"
    await until(lambda: rotated.read_text().count("\n") + len(edge.lines()) == 20)
    assert len(edge.lines()) == 10  # those asked before are in the file that was moved, those asked after in the new one
