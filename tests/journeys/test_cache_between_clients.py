"""One cache, many clients: nobody gets what was meant for another, and nobody can put into it what others then get."""

from __future__ import annotations

import asyncio

import pytest

KEEP = "Cache-Control: max-age=600"


@pytest.fixture
async def edge(make_origin, make_edge, answering, ok):
    """An origin that reflects whatever it is sent, in content that it says may be kept."""

    def reflect(received) -> bytes:
        fields = [KEEP, "Vary: Accept-Encoding"]
        if "/cookie" in received.target:
            fields.append("Set-Cookie: session=of-the-first-client")
        if "/private" in received.target:
            fields[0] = "Cache-Control: private, max-age=600"
        if "/public" in received.target:
            fields[0] = "Cache-Control: public, max-age=600"
        head = "".join(f"{name}={value};" for name, value in received.fields.items() if name not in {"x-request-id", "via"})
        return ok(f"{received.target} {head} ".encode() + received.body, *fields)

    origin = await make_origin(answering(reflect))
    accounts = [{"token": "authorization"}, {"token": "x-api-key", "scheme": ""}, {"cookie": "session"}]
    edge = await make_edge(origin.url, identity={"key": "a key for tests, long enough", "accounts": accounts})
    edge.origin = origin
    return edge


def hit(answer) -> bool:
    return "; hit" in answer.fields.get("cache-status", "")


async def test_what_is_alike_for_all_is_fetched_once(edge, connect) -> None:
    first, second = await connect(edge.port), await connect(edge.port)
    assert not hit(await first.ask("/page"))
    assert hit(await second.ask("/page"))
    assert hit(await second.ask("/a/../page", User_Agent="another"))  # the same place, spelled otherwise
    assert edge.origin.lines == ["GET /page"]


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "Cookie"])
async def test_what_was_made_for_one_account_is_never_given_to_another(name, edge, connect) -> None:
    value = {"Authorization": "Bearer %s", "X-Api-Key": "%s", "Cookie": "session=%s"}[name]
    one, other, nobody = [await connect(edge.port) for _ in range(3)]
    for path in ("/plain", "/private", "/cookie"):
        mine = await one.ask(path, **{name: value % "mine-mine-mine"})
        assert mine.status == 200
        for client, fields in ((other, {name: value % "other-other"}), (nobody, {})):
            theirs = await client.ask(path, **fields)
            assert not hit(theirs), (path, fields)
            assert b"mine-mine-mine" not in theirs.body


async def test_what_the_key_does_not_hold_can_not_poison(edge, connect) -> None:
    attacker, victim = await connect(edge.port), await connect(edge.port)
    unkeyed = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "evil",
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "host=evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "666",
        "X-Host": "evil.example",
        "X-Original-URL": "/evil",
        "X-Rewrite-URL": "/evil",
    }
    for number, (name, value) in enumerate(unkeyed.items()):
        await attacker.ask(f"/poison/{number}", **{name: value})
        answer = await victim.ask(f"/poison/{number}")
        assert answer.status == 200
        assert b"evil" not in answer.body, (name, answer.body)
        assert b"6.6.6.6" not in answer.body
        assert b"666" not in answer.body


async def test_a_get_with_a_body_does_not_become_the_page_of_all(edge, connect) -> None:
    attacker, victim = await connect(edge.port), await connect(edge.port)
    assert b"evil" in (await attacker.ask("/fat", body=b"evil=1")).body
    assert b"evil" not in (await victim.ask("/fat")).body


async def test_hosts_and_queries_are_apart(edge, connect) -> None:
    client = await connect(edge.port)
    places = [
        ("a.example", "/x"),
        ("b.example", "/x"),
        ("a.example", "/x?"),
        ("a.example", "/x?a=1&b=2"),
        ("a.example", "/x?b=2&a=1"),
    ]
    bodies = {(await client.ask(path, host=host)).body for host, path in places}
    assert len(bodies) >= 4  # an empty query may be the same page
    for host, path in places:
        assert f"host={host};".encode() in (await client.ask(path, host=host)).body


async def test_many_who_ask_at_once_cost_the_origin_one_request(make_origin, make_edge, connect, ok) -> None:
    go_on = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await go_on.wait()
            await peer.send(ok(b"the one answer", KEEP))

    origin = await make_origin(script)
    edge = await make_edge(origin.url)
    clients = [await connect(edge.port) for _ in range(30)]
    for client in clients:
        await client.send(b"GET /stampede HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    await asyncio.sleep(0.3)
    go_on.set()
    assert {(await client.answer()).body for client in clients} == {b"the one answer"}
    assert origin.lines == ["GET /stampede"]


async def test_a_write_takes_the_old_page_away(edge, connect) -> None:
    client = await connect(edge.port)
    await client.ask("/items/1")
    assert hit(await client.ask("/items/1"))
    assert (await client.ask("/items/1", "PATCH", b"{}")).status == 200
    assert not hit(await client.ask("/items/1"))


async def test_an_origin_that_is_gone_leaves_what_was_kept(make_origin, make_edge, connect, answering, ok) -> None:
    origin = await make_origin(answering(lambda _: ok(b"kept", "Cache-Control: max-age=1")))
    edge = await make_edge(origin.url)
    client = await connect(edge.port)
    assert (await client.ask("/page")).body == b"kept"
    await origin.stop()
    await asyncio.sleep(2.1)  # ages are whole seconds
    stale = await client.ask("/page")
    assert (stale.status, stale.body) == (200, b"kept")
    assert (await client.ask("/never-asked-for")).status == 502
