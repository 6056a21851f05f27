"""Attacks on a whole edge that once went through: each of them, as it was done, and what it gets now."""

from __future__ import annotations

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
    make_origin, make_edge, connect, until
) -> None:
    edge = await make_edge((await make_origin()).url)
    [worker] = await edge.workers()
    client = await connect(edge.port)
    body = b'{"%b": [%b]}' % (b"k" * 100_000, b",".join([b"1"] * 9_000))
    assert (await client.ask("/", "POST", body, Content_Type="application/json")).status == 200
    assert peak_kib(worker) < 400_000  # it was a gigabyte, and three seconds
    [line] = await until(edge.lines)
    assert line["total_us"] < 1_000_000
