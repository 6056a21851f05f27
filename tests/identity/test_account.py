from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.clock import ManualClock
from edgeguard.config.model import Identity
from edgeguard.identity.account import Identifier
from edgeguard.identity.credential import hash_token
from edgeguard.message import Account, Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.message import Request

    RequestWith = Callable[..., Request]


@pytest.fixture
def identifier(key: bytes) -> Callable[..., Identifier]:
    def making(**settings: object) -> Identifier:
        return Identifier(Identity.model_validate(settings), key, ManualClock())

    return making


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
    ],
)
def test_without_settings_the_peer_is_the_client(
    identifier: Callable[..., Identifier], request_with: RequestWith, peer: str, address: str
) -> None:
    request = request_with(b"x-forwarded-for", b"203.0.113.9", b"forwarded", b"for=203.0.113.9", b"x-real-ip", b"203.0.113.9")
    assert identifier().identify(peer, request) == Client(address, address)


@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1"])
def test_a_trusted_peer_speaks_for_the_client(
    identifier: Callable[..., Identifier], request_with: RequestWith, peer: str
) -> None:
    found = identifier(trusted_proxies=["10.0.0.0/8"])
    request = request_with(b"x-forwarded-for", b"203.0.113.9")
    assert found.identify(peer, request) == Client("203.0.113.9", "10.0.0.1")
    assert found.trusts(peer)


def test_an_untrusted_peer_speaks_for_itself_whatever_it_says(
    identifier: Callable[..., Identifier], request_with: RequestWith
) -> None:
    found = identifier(trusted_proxies=["10.0.0.0/8"], accounts=[{"header": "x-account"}])
    request = request_with(b"x-forwarded-for", b"10.0.0.1, 10.0.0.2", b"x-account", b"acme")
    assert found.identify("192.0.2.1", request) == Client("192.0.2.1", "192.0.2.1")
    assert not found.trusts("192.0.2.1")


def test_a_header_of_a_trusted_peer_names_the_account(identifier: Callable[..., Identifier], request_with: RequestWith) -> None:
    found = identifier(trusted_proxies=["10.0.0.0/8"], accounts=[{"header": "x-account"}])
    client = found.identify("10.0.0.1", request_with(b"x-account", b"acme"))
    assert client.account == Account("acme", "header", verified=False)


def test_the_first_source_that_answers_wins(
    identifier: Callable[..., Identifier], request_with: RequestWith, tmp_path: Path, key: bytes
) -> None:
    (tmp_path / "tokens.yaml").write_text(f"{hash_token(key, 's3cret')}: acme\n")
    found = identifier(
        accounts=[
            {"token": "authorization", "known": tmp_path / "tokens.yaml", "unknown": "anonymous"},
            {"cookie": "sid"},
            {"host_label": 0, "under": "tenants.example"},
            {"path_segment": 0},
        ],
        key="a key of the tests",
    )

    def source_of(*fields: bytes, **more: bytes) -> tuple[str, bool] | None:
        account = found.identify("192.0.2.1", request_with(*fields, **more)).account
        return account and (account.source, account.verified)

    assert source_of(b"authorization", b"Bearer s3cret", b"cookie", b"sid=1") == ("token", True)
    assert source_of(b"authorization", b"Bearer wrong", b"cookie", b"sid=1") == ("cookie", False)
    assert source_of(authority=b"a.tenants.example") == ("host_label", False)
    assert source_of(path=b"/a") == ("path_segment", False)
    assert source_of(path=b"/") is None


def test_a_signed_token_is_one_of_the_sources(
    identifier: Callable[..., Identifier], request_with: RequestWith, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"s" * 32)
    found = identifier(accounts=[{"jwt": "sub", "key": tmp_path / "secret", "algorithms": ["HS256"]}])
    assert found.identify("192.0.2.1", request_with(b"authorization", b"Bearer a.b.c")).account is None


def test_a_file_that_does_not_hold_what_it_should(identifier: Callable[..., Identifier], tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(ValueError, match="5 bytes"):
        identifier(accounts=[{"jwt": "sub", "key": tmp_path / "secret", "algorithms": ["HS256"]}])
