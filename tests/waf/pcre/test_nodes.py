from __future__ import annotations

import pytest

from edgeguard.waf.pcre.nodes import (
    Again,
    Choice,
    Look,
    Octet,
    any_inside,
    chosen,
    first_octets,
    last_octets,
    may_be_empty,
    may_take_only,
    widths,
)
from edgeguard.waf.pcre.octets import ALL, of
from edgeguard.waf.pcre.reader import read


@pytest.mark.parametrize(
    ("text", "empty", "width", "first"),
    [
        ("abc", False, (3, 3), b"a"),
        ("a*b", False, (1, None), b"ab"),
        ("(?:a|bc)?", True, (0, 2), b"ab"),
        ("a{2,4}", False, (2, 4), b"a"),
        ("(?:ab){2,}", False, (4, None), b"a"),
        ("(?>a|b)c", False, (2, 2), b"ab"),
        (r"^\ba", False, (1, 1), b"a"),
        ("(?=x)a", False, (1, 1), b"a"),
        ("", True, (0, 0), b""),
    ],
)
def test_what_is_told_of_a_pattern(text: str, empty: bool, width: tuple[int, int | None], first: bytes) -> None:
    node = read(text)[0]
    assert may_be_empty(node) is empty
    assert widths(node) == width
    assert first_octets(node) == of(first)


def test_what_depends_on_what_matched_before() -> None:
    node = read(r"(a)(?:\1)")[0]
    assert widths(node) == (1, None)
    assert any_inside(node, (Again,))
    assert not any_inside(node, (Look,))
    assert first_octets(read(r"(a)?\1")[0]) == ALL


@pytest.mark.parametrize(
    ("text", "last"),
    [("abc", b"c"), ("ab*", b"ab"), ("(?:a|bc)?", b"ac"), ("a(?=x)", b"a"), (r"a\b$", b"a"), ("(?:ab){2,}", b"b"), ("", b"")],
)
def test_the_octets_that_it_can_end_with(text: str, last: bytes) -> None:
    assert last_octets(read(text)[0]) == of(last)
    assert last_octets(read(r"(a)\1?")[0]) == ALL


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("abc", True),
        ("ab;", False),
        ("[;a]b", True),
        ("a;*b", True),
        ("a;+b", False),
        ("(;|a)b", True),
        ("(;|,)b", False),
        ("(?>;)a", False),
        (r"a$\b(?=;)", True),
        (r"(;)?a\1", True),
    ],
)
def test_whether_words_alone_can_be_taken(text: str, may: bool) -> None:
    assert may_take_only(read(text)[0], of(b"abc")) is may


def test_a_choice_of_single_octets_is_a_set() -> None:
    a, b = Octet(of(b"a")), Octet(of(b"b"))
    assert chosen([a]) == a
    assert chosen([a, b, a]) == Octet(of(b"ab"))
    word = read("ab")[0]
    assert chosen([a, word, b, word]) == Choice((word, Octet(of(b"ab"))))
