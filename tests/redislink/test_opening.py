import asyncio
import socket

import pytest

from edgeguard.config.model import Redis
from edgeguard.redislink import RedisLink, opening

pytestmark = pytest.mark.redis


async def why_not(settings: Redis) -> str:
    """Start a link that can't come up, and tell what it says."""
    told: list[tuple[bool, str]] = []
    link = RedisLink(settings, lambda up, why: told.append((up, why)))
    await link.start()
    assert not link.up
    await link.close()
    [(up, why)] = told
    assert not up
    assert "s3cret" not in why + repr(link)
    return why


async def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert await why_not(Redis(url=f"redis://:s3cret@127.0.0.1:{port}")) == "no connection: ConnectionRefusedError"


async def test_a_password_lets_in(make_redis) -> None:
    server = make_redis("--requirepass", "s3cret/?#")
    link = RedisLink(Redis(url=f"redis://:s3cret%2F%3F%23@127.0.0.1:{server.port}/2", timeout_ms=1000))
    await link.start()
    assert link.up
    assert b"db=2" in await link.call("CLIENT", "INFO")
    await link.close()


async def test_a_wrong_password_is_told_by_its_code(make_redis) -> None:
    server = make_redis("--requirepass", "right")
    assert await why_not(server.settings(url=f"redis://:s3cret@127.0.0.1:{server.port}")) == "redis refused: WRONGPASS"
    assert await why_not(server.settings()) == "redis refused: NOAUTH"


async def test_a_server_that_repeats_what_it_does_not_know_leaks_nothing(make_redis) -> None:
    server = make_redis("--rename-command", "AUTH", "")
    assert await why_not(server.settings(url=f"redis://:s3cret@127.0.0.1:{server.port}")) == "redis refused: ERR"


async def test_tls_is_verified_with_the_given_ca(make_redis, certificate) -> None:
    file, key = map(str, certificate)
    server = make_redis("--tls-cert-file", file, "--tls-key-file", key, "--tls-ca-cert-file", file, "--tls-auth-clients", "no")
    url = f"rediss://127.0.0.1:{server.port}"
    link = RedisLink(Redis(url=url, ca=certificate[0], timeout_ms=1000))
    await link.start()
    assert link.up, link.why
    assert await link.call("SET", "k", b"x" * 100_000) == b"OK"
    assert len(await link.call("GET", "k")) == 100_000
    await link.close()
    assert (await why_not(Redis(url=url))).startswith("certificate refused: self-signed")
    other = Redis(url=f"rediss://localhost:{server.port}", ca=certificate[0])
    assert (await why_not(other)).startswith("certificate refused: Hostname mismatch")


async def test_a_frozen_server_is_given_up(redis, monkeypatch) -> None:
    monkeypatch.setattr(opening, "CONNECT_SECONDS", 0.1)
    redis.freeze()
    assert await why_not(redis.settings()) == "no connection in 0.1 s"


async def test_a_server_that_is_always_too_slow_never_comes_up(redis) -> None:
    assert await why_not(redis.settings(timeout_ms=0.000_001)) == "answers too slowly"


async def test_a_peer_that_hangs_up_at_once() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    assert "connection lost" in await why_not(Redis(url=f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    server.close()
    await server.wait_closed()


async def test_a_unix_socket(make_redis, tmp_path) -> None:
    make_redis("--unixsocket", str(tmp_path / "r"))
    link = RedisLink(Redis(url=f"unix://{tmp_path}/r", timeout_ms=1000))
    await link.start()
    assert await link.call("PING") == b"PONG"
    await link.close()
