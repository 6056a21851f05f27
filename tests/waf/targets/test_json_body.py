from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_keys_paths_and_values(seen: Any) -> None:
    state = seen(json={"user": {"name": "ann", "tags": ["a", "b"]}, "n": 1})
    assert {value for _, value in values(state, "http.request.json.keys")} == {b"user", b"name", b"tags", b"n"}
    assert values(state, "http.request.json.values:user.name") == [(b"user.name", b"ann")]
    assert values(state, "http.request.json.values:user.tags") == [(b"user.tags", b"a"), (b"user.tags", b"b")]
    assert (b"n", b"n") in values(state, "http.request.json.paths")
