from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_any_is_head_and_content(seen: Any) -> None:
    state = seen(path="/p?q=v", headers={"X-A": "h", "Accept": "*/*"}, cookies={"c": "d"}, json={"k": "j"})
    found = {value for _, value in values(state, "http.request.any")}
    assert found == {b"/p", b"q", b"v", b"h", b"c", b"d", b"k", b"j"}
    head = {value for _, value in values(state, "http.request.head")}
    content = {value for _, value in values(state, "http.request.content")}
    assert head | content == found
    assert content == {b"k", b"j"}


def test_structured_names_count_only_for_fields(seen: Any) -> None:
    assert (b"date", b"x") in values(seen(path="/?date=x"), "http.request.any")
    assert (b"date", b"x") not in values(seen(headers={"date": "x"}), "http.request.any")
