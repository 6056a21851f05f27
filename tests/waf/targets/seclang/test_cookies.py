from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.targets.seclang import cookies


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"a=1; b=2", [(b"a", b"1"), (b"b", b"2")]),
        (b"a=%41", [(b"a", b"%41")]),
        (b'a="q"', [(b"a", b'"q"')]),
        (b"a=b=c;d", [(b"a", b"b=c"), (b"d", b"")]),
        (b";; =x;  e=1 ;f=2  ", [(b"e", b"1 "), (b"f", b"2")]),
        (b"a=1;a=2", [(b"a", b"1"), (b"a", b"2")]),
    ],
)
def test_values_as_sent(state: Any, field: bytes, expected: list[tuple[bytes, bytes]]) -> None:
    assert cookies.values(state(fields=[(b"cookie", field)])) == expected


def test_several_fields_are_one(state: Any, look: Any) -> None:
    seen = state(fields=[(b"cookie", b"a=1"), (b"cookie", b"b=2")])
    assert look(seen, "REQUEST_COOKIES") == [(b"REQUEST_COOKIES:a", b"1"), (b"REQUEST_COOKIES:b", b"2")]
    assert look(seen, "REQUEST_COOKIES_NAMES", "B") == [(b"REQUEST_COOKIES_NAMES:b", b"b")]


def test_parsed_once(state: Any) -> None:
    seen = state(fields=[(b"cookie", b"a=1")])
    assert cookies.values(seen) is cookies.values(seen)
    assert cookies.names(seen) is cookies.names(seen)
    assert cookies.values(state()) == []
