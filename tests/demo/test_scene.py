from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config import load_config
from edgeguard.demo.scene import Ports, Scene, lay_out
from edgeguard.identity import Identifier, read_key
from edgeguard.message import Headers, Request

if TYPE_CHECKING:
    from pathlib import Path

PORTS = Ports(https=8443, http=8080, admin=9180)


def _account(scene: Scene, token: str) -> str | None:
    identity = load_config(scene.config).identity
    headers = Headers([(b"authorization", f"Bearer {token}".encode())])
    request = Request(
        method=b"GET",
        target=b"/",
        path=b"/",
        query=None,
        scheme=b"https",
        authority=b"localhost",
        version=b"1.1",
        headers=headers,
    )
    account = Identifier(identity, read_key(identity)).identify("127.0.0.1", request).account
    return account.id if account is not None and account.verified else None


@pytest.fixture(params=["plain", "with a space, a 'quote' and ${NAME}"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    return folder


def test_the_configuration_loads_and_listens_where_it_should(folder: Path) -> None:
    config = load_config(lay_out(folder, PORTS, "http://127.0.0.1:5000", workers=2).config)
    assert [(item.address, item.port, item.tls is not None) for item in config.listeners] == [
        ("127.0.0.1", 8443, True),
        ("127.0.0.1", 8080, False),
    ]
    assert config.listeners[1].redirect_to_https == 8443
    assert (config.admin.address, config.admin.port, config.workers) == ("127.0.0.1", 9180, 2)
    assert config.origin.urls == ["http://127.0.0.1:5000"]
    assert (config.limits.store, config.cache.redis, config.redis) == ("memory", False, None)


def test_with_redis_limits_and_cache_are_shared(folder: Path) -> None:
    config = load_config(lay_out(folder, PORTS, "http://127.0.0.1:5000", redis="redis://127.0.0.1:6379/5").config)
    assert (config.limits.store, config.cache.redis) == ("redis", True)
    assert config.redis is not None
    assert config.redis.url.get_secret_value() == "redis://127.0.0.1:6379/5"


def test_the_printed_tokens_are_known(folder: Path) -> None:
    scene = lay_out(folder, PORTS, "http://127.0.0.1:5000")
    assert [_account(scene, token) for token in ("demo-editor", "demo-trial", "other")] == ["editor", "trial", None]


def test_the_trial_account_is_held_short(folder: Path) -> None:
    policies = load_config(lay_out(folder, PORTS, "http://127.0.0.1:5000").config).limits.policies
    account = next(policy for policy in policies if policy.name == "account")
    assert account.accounts == {"trial": 5}
    assert account.requests > 100
