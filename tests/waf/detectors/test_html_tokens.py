from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.html_tokens import Markup, attributes, tags


def read(value: bytes) -> list[tuple[bytes, list[tuple[bytes, bytes]]]]:
    return [(name, found) for name, found, _, _ in tags(Markup(value.lower()), 0)]


@pytest.mark.parametrize(
    ("value", "name", "found"),
    [
        (b"<a b=c d='e f' g=\"h>\" i>", b"a", [(b"b", b"c"), (b"d", b"e f"), (b"g", b"h>"), (b"i", b"")]),
        (b"<svg/onload=alert(1)>", b"svg", [(b"onload", b"alert(1)")]),
        (b"<img src='x'onerror=y", b"img", [(b"src", b"x"), (b"onerror", b"y")]),
        (b"<a\x0cb\n=\t'c'>", b"a", [(b"b", b"c")]),
        (b"<x:script>", b"x:script", []),
        (b"</p x>", b"/p", [(b"x", b"")]),
        (b"<a =b>", b"a", [(b"=b", b"")]),
        (b"<a b='c", b"a", [(b"b", b"c")]),
        (b"<a\0b>", b"a\0b", []),
        (b"<a b=/>", b"a", [(b"b", b"/")]),
    ],
)
def test_tags(value: bytes, name: bytes, found: list[tuple[bytes, bytes]]) -> None:
    assert read(value) == [(name, found)]


@pytest.mark.parametrize(
    "value", [b"a < b", b"<3", b"<", b"</", b"< a>", b"<!doctype html>", b"<?xml?>", b"<!-- <a> -->", b"</ a>"]
)
def test_what_is_no_tag(value: bytes) -> None:
    assert read(value) == []


@pytest.mark.parametrize("value", [b"<!--><a>-->", b"<!---><a>", b"<!-- --!><a>", b"<!-- <a>", b"<!-- x --><a>"])
def test_comments_hide_no_longer_than_browsers_say(value: bytes) -> None:
    assert [name for name, _ in read(value)] == [b"a"]


def test_attributes_behind_a_quote() -> None:
    found, end = attributes(Markup(b'" onfocus=x y>z'), 1)
    assert found == [(b"onfocus", b"x"), (b"y", b"")]
    assert end == 14


@given(st.binary(max_size=2000))
def test_tags_move_forward_and_are_bounded(value: bytes) -> None:
    last = 0
    found = list(tags(Markup(value.lower()), 0))
    for _, _, start, end in found:
        assert last <= start < end
        last = end


def test_their_number_is_bounded() -> None:
    assert len(read(b"<a>" * 1000)) == 192
    assert len(read(b"<a" + b" b" * 1000)[0][1]) == 48


def test_attributes_behind_many_others_are_found_by_their_names() -> None:
    filled = b"<svg " + b"x " * 60 + b"onload=alert(1) class=y href='z'>"
    ((_, found, _, end),) = tags(Markup(filled), 0)
    assert (b"onload", b"alert(1)") in found
    assert (b"href", b"z") in found
    assert end == len(filled)


def test_of_those_there_are_few() -> None:
    ((_, found, _, _),) = tags(Markup(b"<svg " + b"onload=a " * 5000 + b">"), 0)
    assert len(found) == 48 + 16
