from __future__ import annotations

from typing import Any

import pytest


def test_fields(state: Any, look: Any) -> None:
    seen = state(fields=[(b"x-a", b"1"), (b"x-a", b"2")])
    assert look(seen, "REQUEST_HEADERS", "X-A") == [(b"REQUEST_HEADERS:X-A", b"1"), (b"REQUEST_HEADERS:X-A", b"2")]
    assert look(seen, "REQUEST_HEADERS")[0] == (b"REQUEST_HEADERS:Host", b"cms.example")
    assert look(seen, "REQUEST_HEADERS", "X-A", count=True) == [(b"&REQUEST_HEADERS:X-A", b"2")]
    assert [value for _, value in look(seen, "REQUEST_HEADERS_NAMES")] == [b"host", b"x-a", b"x-a"]


@pytest.mark.parametrize(
    ("field", "kind", "user"),
    [
        (b"Basic YW5uOnNlY3JldDpz", b"Basic", [b"ann"]),
        (b"basic YW5uOg==", b"basic", [b"ann"]),
        (b"Basic YW5u", b"Basic", []),
        (b"Bearer abc", b"Bearer", []),
        (b"Basic", b"Basic", []),
    ],
)
def test_credentials(state: Any, look: Any, field: bytes, kind: bytes, user: list[bytes]) -> None:
    seen = state(fields=[(b"authorization", field)])
    assert look(seen, "AUTH_TYPE") == [(b"AUTH_TYPE", kind)]
    assert look(seen, "REMOTE_USER") == [(b"REMOTE_USER", name) for name in user]


def test_without_credentials(state: Any, look: Any) -> None:
    assert look(state(), "AUTH_TYPE") == [(b"AUTH_TYPE", b"")]
    assert look(state(), "REMOTE_USER") == []
    assert look(state(), "REMOTE_USER", count=True) == [(b"&REMOTE_USER", b"0")]
