"""TLS on all sides: towards clients, origins and Redis."""

from __future__ import annotations

import asyncio
import json
import ssl

import pytest


def listener(port: int, certificate, key, **more) -> dict[str, object]:
    return {"address": "127.0.0.1", "port": port, "tls": {"certificate": str(certificate), "key": str(key), **more}}


@pytest.fixture
async def secure_edge(make_origin, make_edge, make_authority, free_port):
    async def make(kind: str = "ec", **tls: str):
        authority = make_authority()
        certificate, key = authority.issue("localhost", kind=kind)
        origin = await make_origin()
        port = free_port()
        edge = await make_edge(origin.url, listeners=[listener(port, certificate, key, **tls)])
        edge.port = port
        return edge, authority

    return make


def only(context: ssl.SSLContext, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> ssl.SSLContext:
    """A client that speaks one version alone, and as weakly as it can."""
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    return context


async def test_1_2_and_1_3_are_spoken_and_nothing_older(secure_edge, connect, until) -> None:
    edge, authority = await secure_edge()
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = await connect(edge.port, ssl=only(authority.client_context(), version))
        answer = await client.ask("/")
        assert answer.status == 200
        assert answer.fields["strict-transport-security"].startswith("max-age=")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old = only(authority.client_context(), ssl.TLSVersion.TLSv1_1)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await connect(edge.port, ssl=old)
    lines = await until(lambda: len(edge.lines()) == 2 and edge.lines())
    assert [line["tls"] for line in lines] == ["TLSv1.2", "TLSv1.3"]
    assert await edge.metric("edgeguard_tls_handshakes_total", result="done") == 2
    await edge.counts(1, "edgeguard_tls_handshakes_total", result="failed")


async def test_a_listener_can_ask_for_1_3(secure_edge, connect) -> None:
    edge, authority = await secure_edge(minimum="1.3")
    assert (await (await connect(edge.port, ssl=authority.client_context())).ask("/")).status == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await connect(edge.port, ssl=only(authority.client_context(), ssl.TLSVersion.TLSv1_2))


async def test_only_ciphers_with_forward_secrecy_and_authentication_are_agreed_on(secure_edge, connect) -> None:
    edge, authority = await secure_edge("rsa")
    strong = only(authority.client_context(), ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-GCM-SHA256")
    assert (await (await connect(edge.port, ssl=strong)).ask("/")).status == 200
    # CBC, no forward secrecy, and both
    for weak in ("ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384", "AES128-GCM-SHA256", "AES256-SHA", "DHE-RSA-AES128-SHA"):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await connect(edge.port, ssl=only(authority.client_context(), ssl.TLSVersion.TLSv1_2, f"{weak}:@SECLEVEL=0"))


async def test_http_1_1_is_what_alpn_agrees_on(secure_edge, connect) -> None:
    edge, authority = await secure_edge()
    context = authority.client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    client = await connect(edge.port, ssl=context)
    assert client.writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
    assert (await client.ask("/")).status == 200


async def test_what_is_no_tls_is_dropped_and_others_go_on(secure_edge, connect) -> None:
    edge, authority = await secure_edge()
    plain = await connect(edge.port)
    await plain.send(b"GET / HTTP/1.1\r\nHost: cms.example\r\n\r\n")
    assert b"HTTP/1.1 200" not in await plain.rest()
    assert (await (await connect(edge.port, ssl=authority.client_context())).ask("/")).status == 200


async def test_tls_clients_that_stall_are_cut_off_and_others_go_on(
    make_origin, make_edge, make_authority, connect, until, free_port, answering, ok
) -> None:
    authority = make_authority()
    port = free_port()
    big = bytes(16 * 1024 * 1024)
    origin = await make_origin(answering(lambda received: ok(big if received.target == "/big" else b"ok")))
    edge = await make_edge(
        origin.url,
        listeners=[listener(port, *authority.issue("localhost"))],
        wire={"header_seconds": 0.6, "idle_seconds": 0.6, "write_seconds": 0.8},
    )
    silent = [await connect(port) for _ in range(10)]  # never say hello
    await silent[0].send(b"\x16\x03\x01\x02\x00\x01")  # or only half of it
    context = authority.client_context()
    speechless = await connect(port, ssl=context)  # shake hands, and then say nothing
    reader = await connect(port, ssl=context, buffer=4096, limit=2048)
    await reader.send(b"GET /big HTTP/1.1\r\nHost: cms.example\r\n\r\n")  # and takes nothing of it
    leaving = await connect(port, ssl=context)
    await leaving.send(b"PUT / HTTP/1.1\r\nHost: cms.example\r\nContent-Length: 10\r\n\r\nhello")
    leaving.writer.close()
    for _ in range(5):
        client = await connect(port, ssl=context)
        async with asyncio.timeout(2):
            assert (await client.ask("/")).status == 200
        client.close()
    assert [await client.rest() for client in silent] == [b""] * 10
    assert await speechless.rest() == b""
    await until(lambda: any(line["path"] == "/big" for line in edge.lines()))
    (line,) = [line for line in edge.lines() if line["path"] == "/big"]
    assert line["reason"] == "client-gone"
    assert line["bytes_out"] < len(big)
    await edge.counts(0, "edgeguard_connections_open")


async def test_plain_requests_are_sent_to_https(make_origin, make_edge, make_authority, connect, free_port) -> None:
    certificate, key = make_authority().issue("localhost")
    origin = await make_origin()
    plain, secure = free_port(), free_port()
    listeners = [listener(secure, certificate, key), {"address": "127.0.0.1", "port": plain, "redirect_to_https": secure}]
    await make_edge(origin.url, listeners=listeners)
    client = await connect(plain)
    answer = await client.ask("/a%20b?c=d", "POST", b"{}", host=f"cms.example:{plain}")
    assert (answer.status, answer.fields["location"]) == (308, f"https://cms.example:{secure}/a%20b?c=d")
    assert "strict-transport-security" not in answer.fields
    assert (await client.ask("/?q=attack-me")).fields["location"].startswith("https://")
    assert origin.heads == []


async def test_an_origin_with_our_authority_and_our_certificate(
    make_origin, make_edge, make_authority, connect, answering, ok
) -> None:
    authority = make_authority()
    certificate, key = authority.issue("edge")
    origin = await make_origin(
        answering(lambda received: ok(received.body)), authority.server_context("localhost", ask_client=True)
    )
    tls = {"ca": str(authority.ca), "client_certificate": str(certificate), "client_key": str(key)}
    edge = await make_edge(origin.url, origin={"tls": tls})
    client = await connect(edge.port)
    for _ in range(3):
        assert (await client.ask("/", "POST", b"secret")).body == b"secret"
    assert origin.connections == 1
    # Without the certificate the origin does not let it in.
    stranger = await make_edge(origin.url, origin={"tls": {"ca": str(authority.ca)}})
    answer = await (await connect(stranger.port)).ask("/")
    assert answer.status == 502
    # In TLS 1.3 the alert comes after the handshake, and may be overtaken by the connection's end.
    assert answer.fields["proxy-status"].removeprefix("edgeguard; error=") in {"tls_alert_received", "connection_terminated"}


async def test_an_origin_that_can_not_prove_itself_gets_nothing(make_origin, make_edge, make_authority, connect) -> None:
    authority, other = make_authority("ours"), make_authority("theirs")
    wrong_name = await make_origin(None, authority.server_context("elsewhere.example"))
    wrong_authority = await make_origin(None, other.server_context("localhost"))
    for origin in (wrong_name, wrong_authority):
        edge = await make_edge(origin.url, origin={"tls": {"ca": str(authority.ca)}})
        answer = await (await connect(edge.port)).ask("/", "POST", b"secret")
        assert answer.status == 502
        assert answer.fields["proxy-status"] == "edgeguard; error=tls_certificate_error"
        assert json.loads(answer.body)["status"] == 502
        assert origin.heads == []
    named = await make_edge(wrong_name.url, origin={"tls": {"ca": str(authority.ca), "server_name": "elsewhere.example"}})
    assert (await (await connect(named.port)).ask("/")).status == 200


async def test_redis_over_tls(make_origin, make_edge, make_authority, make_redis, connect) -> None:
    authority = make_authority()
    certificate, key = authority.issue("127.0.0.1")
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(authority.ca))
    redis = make_redis(*files, "--tls-auth-clients", "no")
    origin = await make_origin()
    limits = {"store": "redis", "policies": [{"name": "few", "key": "address", "requests": 2, "seconds": 600}]}
    url = f"rediss://127.0.0.1:{redis.port}"
    edge = await make_edge(origin.url, redis={"url": url, "ca": str(authority.ca), "timeout_ms": 500}, limits=limits)
    client = await connect(edge.port)
    assert [(await client.ask("/")).status for _ in range(3)] == [200, 200, 429]
    assert await edge.metric("edgeguard_redis_up") == 1
    await edge.counts(3, "edgeguard_limit_decisions_total", store="redis")
    # A Redis that can't prove itself is none: each edge counts alone.
    alone = await make_edge(
        origin.url, redis={"url": url, "ca": str(make_authority("theirs").ca), "timeout_ms": 500}, limits=limits
    )
    assert (await (await connect(alone.port)).ask("/")).status == 200
    assert await alone.metric("edgeguard_redis_up") == 0
    await alone.counts(1, "edgeguard_limit_decisions_total", store="local")


async def test_a_key_that_does_not_fit_its_certificate_is_told_in_one_line(
    make_origin, make_edge, make_authority, free_port
) -> None:
    certificate, _ = make_authority("one").issue("localhost")
    _, key = make_authority("two").issue("localhost")
    origin = await make_origin()
    with pytest.raises(AssertionError) as caught:
        await make_edge(origin.url, listeners=[listener(free_port(), certificate, key)])
    assert str(key) in str(caught.value)
