from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_address_and_account(seen: Any) -> None:
    assert values(seen(ip="10.0.0.1", account="acme"), "ip.src") == [(b"", b"10.0.0.1")]
    assert values(seen(account="acme"), "account.id") == [(b"", b"acme")]
    assert values(seen(), "account.id") == []
