from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a=1; b=2", [(b"a", b"1"), (b"b", b"2")]),
        ('a="x y"', [(b"a", b"x y")]),
        ("a=%27", [(b"a", b"'")]),
        ("a=1;a=2", [(b"a", b"1"), (b"a", b"2")]),
        ("lonely; ;", [(b"lonely", b"")]),
        ("a=b=c+d", [(b"a", b"b=c+d")]),
    ],
)
def test_values(seen: Any, header: str, expected: list[tuple[bytes, bytes]]) -> None:
    assert values(seen(headers={"cookie": header}), "http.request.cookies") == expected


def test_several_cookie_fields_are_one(seen: Any) -> None:
    assert values(seen(headers={"cookie": ["a=1", "b=2"]}), "http.request.cookies.names") == [(b"a", b"a"), (b"b", b"b")]
