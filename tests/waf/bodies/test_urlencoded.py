from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content, TooMuch
from edgeguard.waf.bodies.urlencoded import invalid_escape, parse


def test_a_name_given_twice_is_seen_twice() -> None:
    content = Content()
    parse(b"a=1&a=%32&b;c=d+e", content, 10)
    assert content.form == [(b"a", b"1"), (b"a", b"2"), (b"b;c", b"d e")]


def test_fields_are_bounded_and_those_before_are_kept() -> None:
    content = Content()
    with pytest.raises(TooMuch):
        parse(b"a=1&b=2&c=3", content, 2)
    assert content.form == [(b"a", b"1"), (b"b", b"2")]


@pytest.mark.parametrize("text", [b"a=%", b"a=%4", b"a=%4g", b"%zz=1", b"a=%41%", b"a=%\n41", b"%%41"])
def test_escapes_that_are_none_are_told(text: bytes) -> None:
    assert invalid_escape(text)


@pytest.mark.parametrize("text", [b"", b"a=b", b"a=%41%aF+", b"%25"])
def test_good_escapes_are_no_fault(text: bytes) -> None:
    assert not invalid_escape(text)
