from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("a=1&a=2", [(b"a", b"1"), (b"a", b"2")]),
        ("a=1;b=2", [(b"a", b"1;b=2")]),
        ("%61=%2B+c", [(b"a", b"+ c")]),
        ("&&a&=x", [(b"a", b""), (b"", b"x")]),
        ("a=b=c", [(b"a", b"b=c")]),
    ],
)
def test_values(seen: Any, query: str, expected: list[tuple[bytes, bytes]]) -> None:
    assert values(seen(path=f"/?{query}"), "http.request.query.values") == expected


def test_names_and_raw(seen: Any) -> None:
    state = seen(path="/?%61=%62&c")
    assert values(state, "http.request.query.names") == [(b"a", b"a"), (b"c", b"c")]
    assert values(state, "http.request.query") == [(b"", b"%61=%62&c")]
    assert values(seen(path="/"), "http.request.query") == []


def test_by_name_whatever_its_case(seen: Any) -> None:
    assert values(seen(path="/?ID=1&x=2"), "http.request.query.values:id") == [(b"ID", b"1")]
