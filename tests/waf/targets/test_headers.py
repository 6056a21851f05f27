from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_each_field_is_a_value(seen: Any) -> None:
    state = seen(headers={"X-A": ["1", "2"], "X-B": "3"})
    assert values(state, "http.request.headers:x-a") == [(b"x-a", b"1"), (b"x-a", b"2")]
    assert (b"x-b", b"x-b") in values(state, "http.request.headers.names")
    assert values(state, "http.request.headers:x-c") == []


def test_user_agent(seen: Any) -> None:
    assert values(seen(headers={"User-Agent": "u", "X-A": "1"}), "http.user_agent") == [(b"user-agent", b"u")]


def test_no_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="name is missing"):
        make_target("http.request.headers:")
