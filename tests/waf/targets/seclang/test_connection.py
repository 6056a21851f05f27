from __future__ import annotations

from typing import Any


def values(look: Any, seen: Any, *names: str) -> list[bytes]:
    return [value for name in names for _, value in look(seen, name)]


def test_both_ends(state: Any, look: Any) -> None:
    seen = state(id=b"r-1", authority=b"cms.example:8443")
    seen.client_port, seen.server_address, seen.server_port = 50123, "192.0.2.1", 8443
    assert values(look, seen, "REMOTE_ADDR", "REMOTE_HOST", "USERAGENT_IP") == [b"203.0.113.7"] * 3
    assert values(look, seen, "REMOTE_PORT", "SERVER_ADDR", "SERVER_PORT") == [b"50123", b"192.0.2.1", b"8443"]
    assert values(look, seen, "SERVER_NAME", "UNIQUE_ID") == [b"cms.example", b"r-1"]


def test_what_nobody_told_is_empty_or_usual(state: Any, look: Any) -> None:
    assert values(look, state(), "REMOTE_PORT", "SERVER_ADDR", "SERVER_PORT", "UNIQUE_ID") == [b"", b"", b"443", b""]
    assert values(look, state(scheme=b"http"), "SERVER_PORT") == [b"80"]
