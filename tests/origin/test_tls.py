from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress

import pytest

from edgeguard.config.model import OriginTLS
from edgeguard.errors import OriginFault
from edgeguard.origin.tls import client_context


def answering(answer):
    async def script(peer):
        while True:
            await peer.request()
            await peer.send(answer)

    return script


async def test_verified_and_kept(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("localhost"))
    p = pool(server.url, tls={"ca": authority.ca})
    for _ in range(2):
        assert (await p.fetch(request_of())).body.whole == b"ok"
    assert p.snapshot()["opened"] == 1


async def test_large_both_ways(origin, pool, request_of, authority) -> None:
    content = b"x" * 3_000_000

    async def script(peer):
        body = (await peer.request()).partition(b"\r\n\r\n")[2]
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await peer.gone()

    server = await origin(script, authority.server_context("localhost"))
    response = await pool(server.url, tls={"ca": authority.ca}).fetch(request_of("POST", body=content))
    total = 0
    while piece := await response.body.read():
        total += len(piece)
    assert total == len(content)


async def test_another_name_than_the_urls(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("cms.internal"))
    assert (await pool(server.url, tls={"ca": authority.ca, "server_name": "cms.internal"}).fetch(request_of())).status == 200
    p = pool(server.url, tls={"ca": authority.ca})
    with pytest.raises(OriginFault, match="502 tls_certificate_error"):
        await p.fetch(request_of())
    assert p.snapshot()["failures"] == {"tls_certificate_error": 1}


async def test_an_expired_certificate(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("localhost", days=-1))
    with pytest.raises(OriginFault, match="502 tls_certificate_error"):
        await pool(server.url, tls={"ca": authority.ca}).fetch(request_of())


async def test_an_unknown_authority(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("localhost"))
    with pytest.raises(OriginFault, match="502 tls_certificate_error"):
        await pool(server.url).fetch(request_of())


async def test_an_address_instead_of_a_name(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("127.0.0.1"))
    url = server.url.replace("localhost", "127.0.0.1")
    assert (await pool(url, tls={"ca": authority.ca}).fetch(request_of())).status == 200


async def test_a_client_certificate(origin, pool, request_of, authority, answer) -> None:
    server = await origin(answering(answer), authority.server_context("localhost", ask_client=True))
    certificate, key = authority.issue("edge")
    tls = {"ca": authority.ca, "client_certificate": certificate, "client_key": key}
    assert (await pool(server.url, tls=tls).fetch(request_of())).status == 200


async def test_a_client_certificate_that_is_missing(pool, request_of, authority) -> None:
    # With TLS 1.3 the edge has finished its handshake, and sent its request, before it learns of this. OpenSSL on a blocking
    # socket sends the alert for certain; the event loops' servers may close before.
    context = authority.server_context("localhost", ask_client=True)

    def serve(listener: socket.socket) -> None:
        with context.wrap_socket(listener.accept()[0], server_side=True, do_handshake_on_connect=False) as peer:
            with suppress(ssl.SSLError):
                peer.do_handshake()
            while socket.socket.recv(peer, 4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.get_running_loop().run_in_executor(None, serve, listener)
        p = pool(f"https://localhost:{listener.getsockname()[1]}", tls={"ca": authority.ca})
        with pytest.raises(OriginFault) as caught:
            await p.fetch(request_of())
        await serving
    assert (caught.value.status, caught.value.reason) == (502, "tls_alert_received")


async def test_a_server_that_speaks_plainly(origin, pool, request_of, answer) -> None:
    server = await origin(answering(answer))
    with pytest.raises(OriginFault) as caught:
        await pool(server.url.replace("http:", "https:"), connect_seconds=0.5).fetch(request_of())
    assert caught.value.reason in ("tls_protocol_error", "connection_timeout")


async def test_content_up_to_the_end_must_end_as_tls_does(pool, request_of, authority) -> None:
    # RFC 9112, section 9.8: without TLS's goodbye, anyone on the path could have cut the answer short.
    context = authority.server_context("localhost")

    def serve(listener: socket.socket) -> None:
        for goodbye in (True, False):
            with context.wrap_socket(listener.accept()[0], server_side=True) as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")
                if goodbye:
                    with suppress(OSError):  # the edge does not say goodbye itself
                        peer.unwrap()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.get_running_loop().run_in_executor(None, serve, listener)
        p = pool(f"https://localhost:{listener.getsockname()[1]}", tls={"ca": authority.ca})
        response = await p.fetch(request_of())
        assert (await response.body.read(), await response.body.read()) == (b"hello", b"")
        response = await p.fetch(request_of())
        assert await response.body.read() == b"hello"
        with pytest.raises(OriginFault, match="502 http_response_incomplete"):
            await response.body.read()
        await serving


def test_settings_of_the_context(authority) -> None:
    context = client_context(OriginTLS(ca=authority.ca))
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_key_without_its_certificate(authority) -> None:
    with pytest.raises(ValueError, match="without client_certificate"):
        client_context(OriginTLS(client_key=authority.issue("edge")[1]))
