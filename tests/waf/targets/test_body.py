from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_raw_and_text(seen: Any) -> None:
    assert values(seen(body="hello"), "http.request.body") == [(b"", b"hello")]
    assert values(seen(body="hello"), "http.request.body.text") == [(b"", b"hello")]
    assert values(seen(json={"a": 1}), "http.request.body.text") == []
    assert values(seen(json={"a": 1}), "http.request.body") == [(b"", b'{"a": 1}')]
    assert values(seen(), "http.request.body") == []
