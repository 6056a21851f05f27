from __future__ import annotations

from typing import Any

import pytest

from edgeguard.message import Headers
from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_response(seen: Any) -> None:
    state = seen()
    assert values(state, "http.response.status") == []
    state.status, state.response_headers, state.response_body = 404, Headers([(b"x-a", b"1")]), b"gone"
    assert values(state, "http.response.status") == [(b"", b"404")]
    assert values(state, "http.response.headers:x-a") == [(b"x-a", b"1")]
    assert values(state, "http.response.headers.names") == [(b"x-a", b"x-a")]
    assert values(state, "http.response.body") == [(b"", b"gone")]


def test_a_status_takes_no_name() -> None:
    with pytest.raises(ValueError, match="takes no name"):
        make_target("http.response.status:x")
