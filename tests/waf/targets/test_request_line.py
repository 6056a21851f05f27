from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_request_line(seen: Any) -> None:
    state = seen(method="PUT", path="/a/../b%2e?x=1", host="cms.example:8443")
    assert values(state, "http.request.method") == [(b"", b"PUT")]
    assert values(state, "http.request.target") == [(b"", b"/a/../b%2e?x=1")]
    assert values(state, "http.request.path") == [(b"", b"/b.")]
    assert values(state, "http.host") == [(b"", b"cms.example")]
    assert values(state, "http.request.version") == [(b"", b"1.1")]
