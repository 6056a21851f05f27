"""Attacks on a whole edge that once went through: each of them, as it was done, and what it gets now."""

from __future__ import annotations

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
