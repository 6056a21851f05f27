from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content, TooMuch
from edgeguard.waf.bodies.urlencoded import parse


def test_a_name_given_twice_is_seen_twice() -> None:
    content = Content()
    parse(b"a=1&a=%32&b;c=d+e", content, 10)
    assert content.form == [(b"a", b"1"), (b"a", b"2"), (b"b;c", b"d e")]


def test_fields_are_bounded_and_those_before_are_kept() -> None:
    content = Content()
    with pytest.raises(TooMuch):
        parse(b"a=1&b=2&c=3", content, 2)
    assert content.form == [(b"a", b"1"), (b"b", b"2")]
