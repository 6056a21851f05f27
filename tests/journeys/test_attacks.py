"""Attacks on a whole edge that once went through: each of them, as it was done, and what it gets now."""

from __future__ import annotations

import asyncio
import base64
import gzip
from pathlib import Path

import pytest


async def test_a_field_named_in_connection_does_not_poison_the_variant_of_those_who_send_it(
    make_origin, make_edge, connect, answering, ok
) -> None:
    def tenant(received):
        return ok(received.fields.get("x-tenant", "nobody").encode(), "Cache-Control: max-age=60", "Vary: X-Tenant")

    edge = await make_edge((await make_origin(answering(tenant))).url)
    attacker, victim = await connect(edge.port), await connect(edge.port)
    assert (await attacker.ask("/page", X_Tenant="acme", Connection="X-Tenant")).body == b"nobody"
    assert (await victim.ask("/page", X_Tenant="acme")).body == b"acme"


async def test_what_differs_by_the_clients_address_is_not_kept_for_others(make_origin, make_edge, connect, answering, ok) -> None:
    def by_address(received):
        return ok(received.fields["x-forwarded-for"].encode(), "Cache-Control: max-age=60", "Vary: X-Forwarded-For")

    edge = await make_edge((await make_origin(answering(by_address))).url)
    for address in ("127.0.0.2", "127.0.0.3"):
        client = await connect(edge.port, address=address)
        assert (await client.ask("/page")).body == address.encode()


@pytest.mark.parametrize("value", ["Bearer mine noise", "Bearer mine,", "Bearer\tmine", "Bearer  mine"])
async def test_noise_around_a_token_does_not_spare_its_account_the_limit(make_origin, make_edge, connect, value: str) -> None:
    edge = await make_edge(
        (await make_origin()).url,
        identity={"accounts": [{"token": "authorization"}]},
        limits={"policies": [{"name": "account", "key": "account", "requests": 2, "seconds": 600}]},
    )
    client = await connect(edge.port)
    assert [(await client.ask("/", Authorization="Bearer mine")).status for _ in range(3)] == [200, 200, 429]
    assert (await client.ask("/", Authorization=value)).status == 429


ATTACK = b"1' union select password from users--"
BUNDLE = str(Path(__file__).parents[2] / "rules")


async def test_padding_that_spends_the_engines_time_carries_no_attack_through(make_origin, make_edge, connect) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, waf={"rules": [BUNDLE]})
    padding = "&".join(f"a{number}=%27%26" for number in range(600))
    for path in ("/?" + padding, "/"):
        client = await connect(edge.port)
        body = b'{"a": "%b"}' % ATTACK
        assert (await client.ask(path, "POST", body, Content_Type="application/json")).status == 403, path
    assert origin.heads == []


def peak_kib(pid: int) -> int:
    """The most memory that a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


async def test_one_long_key_above_many_values_neither_stops_a_worker_nor_fills_its_memory(
    make_origin, make_edge, connect, until, family
) -> None:
    edge = await make_edge((await make_origin()).url)
    client = await connect(edge.port)
    body = b'{"%b": [%b]}' % (b"k" * 100_000, b",".join([b"1"] * 9_000))
    assert (await client.ask("/", "POST", body, Content_Type="application/json")).status == 200
    assert max(map(peak_kib, family(edge.pid))) < 400_000  # it was a gigabyte, and three seconds
    [line] = await until(edge.lines)
    assert line["total_us"] < 1_000_000


async def test_content_after_an_answer_to_head_is_nobodys_answer(make_origin, make_edge, connect, ok) -> None:
    async def script(peer):
        while True:
            received = await peer.request()
            if received.method == "HEAD":
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n")
                await asyncio.sleep(0.003)
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
            else:
                await peer.send(ok(b"mine"))

    edge = await make_edge((await make_origin(script)).url, cache={"enabled": False})
    attacker, victim = await connect(edge.port), await connect(edge.port)

    async def ask() -> set[bytes]:
        return {(await victim.ask("/")).body for _ in range(100)}

    victims = asyncio.create_task(ask())
    for _ in range(20):
        await attacker.ask("/", "HEAD")
    assert await victims == {b"mine"}


async def test_bodies_that_trickle_leave_connections_to_those_who_read(make_origin, make_edge, connect, until) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, origin={"connections": 4, "queue_seconds": 1})
    head = b"POST /%d HTTP/1.1\r\nHost: cms.example\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n\x89PNG"
    slow = [await connect(edge.port) for _ in range(6)]
    for number, client in enumerate(slow):
        await client.send(head % number, b"x" * 100)
        if number < 2:
            await until(lambda most=number + 1: len(origin.heads) == most)
        else:
            assert (await client.answer()).status == 503
    reader = await connect(edge.port)
    assert (await reader.ask("/page")).status == 200
    await slow[0].send(b"x" * (1000 - 104))
    assert (await slow[0].answer()).status == 200
    assert (await reader.ask("/", "POST", b"\x89PNG" * 50_000, Content_Type="image/png")).status == 200


HIDDEN = {
    "JSON said to be an image": ({"Content_Type": "image/png"}, b'{"a": "%b"}' % ATTACK),
    "JSON said to be an image, behind blanks": ({"Content_Type": "image/png"}, b" " * 70 + b'{"a": "%b"}' % ATTACK),
    "an encoding that origins know and the edge does not": (
        {"Content_Type": "application/json", "Content_Encoding": "br"},
        b"\x0b\x02\x80{}  \x03",
    ),
    "two members of gzip, which Node reads as one": (
        {"Content_Type": "application/json", "Content_Encoding": "gzip"},
        gzip.compress(b'{"a": "') + gzip.compress(ATTACK + b'"}'),
    ),
    "a part that is JSON, as a browser sends a Blob": (
        {"Content_Type": "multipart/form-data; boundary=x"},
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="blob"\r\nContent-Type: application/json\r\n\r\n'
        b'{"a": "%b"}\r\n--x--\r\n' % ATTACK,
    ),
    "a part in Base64, which Django undoes": (
        {"Content_Type": "multipart/form-data; boundary=x"},
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.b64encode(ATTACK)
        + b"\r\n--x--\r\n",
    ),
}


async def test_no_wrapping_that_origins_undo_hides_an_attack(make_origin, make_edge, connect) -> None:
    origin = await make_origin()
    edge = await make_edge(origin.url, waf={"rules": [BUNDLE]})
    for name, (fields, body) in HIDDEN.items():
        client = await connect(edge.port)
        head = request_head(len(body), **fields)
        await client.send(head, body[:10])
        await asyncio.sleep(0.05)  # so that the body comes in pieces
        await client.send(body[10:])
        assert (await client.answer()).status in (400, 403), name
    assert origin.heads == []
    client = await connect(edge.port)
    image = b"\x89PNG\r\n\x1a\n" + ATTACK * 100
    assert (await client.ask("/", "POST", image, Content_Type="image/png")).status == 200


def request_head(length: int, **fields: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"POST / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: {length}\r\n{lines}\r\n".encode()
