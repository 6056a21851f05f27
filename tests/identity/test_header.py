from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.config.model import FromHeader
from edgeguard.identity.header import HeaderSource
from edgeguard.message import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.message import Request


def test_only_a_trusted_peer_is_believed(request_with: Callable[..., Request], key: bytes) -> None:
    request = request_with(b"x-account", b"acme")
    source = HeaderSource(FromHeader(header="X-Account"), key)
    assert source.account(request, trusted=True) == Account("acme", "header", verified=False)
    assert source.account(request, trusted=False) is None


def test_anyone_is_believed_where_that_is_asked_for(request_with: Callable[..., Request], key: bytes) -> None:
    source = HeaderSource(FromHeader(header="x-account", untrusted=True), key)
    assert source.account(request_with(b"x-account", b"acme"), trusted=False) == Account("acme", "header", verified=False)


def test_an_absent_or_empty_field_says_nothing(request_with: Callable[..., Request], key: bytes) -> None:
    source = HeaderSource(FromHeader(header="x-account"), key)
    assert source.account(request_with(), trusted=True) is None
    assert source.account(request_with(b"x-account", b""), trusted=True) is None


def test_what_is_not_safe_to_log_is_hashed(request_with: Callable[..., Request], key: bytes) -> None:
    account = HeaderSource(FromHeader(header="x-account"), key).account(request_with(b"x-account", b"a\x1b[2Jb"), trusted=True)
    assert account is not None
    assert len(bytes.fromhex(account.id)) == 16
