from __future__ import annotations

import pytest

from edgeguard.waf.pcre import walk
from edgeguard.waf.pcre.program import Program, program_of
from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.walk import Spent, Walk


def program(text: str) -> Program:
    return program_of(*read(text))


def ends(text: str, value: bytes, start: int = 0) -> int:
    made = program(text)
    return Walk(made, value).match(made.first, start)


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("a(?!b)", b"ac", 1),
        ("a(?!b)", b"ab", -1),
        ("a(?=.*c)", b"abbc", 1),
        ("a(?=.*c)", b"abb", -1),
        ("(?>a|ab)c", b"abc", -1),
        ("(?>ab|a)c", b"abc", 3),
        ("a*+a", b"aaa", -1),
        (r"(\w+) \1", b"ab ab", 5),
        (r"(\w+) \1", b"ab ac", -1),
        (r"(?i)(a)\1", b"aA", 2),
        (r"(a)?b\1", b"b", -1),
        (r"a\Z", b"a\n", 1),
        (r"a\Z", b"a\n\n", -1),
        ("(?m)a$", b"a\nb", 1),
        (r"a\b", b"ab", -1),
        (r"a\B", b"ab", 1),
        ("a*?", b"aa", 0),
        ("(?:a|ab)(?:c|bcd)", b"abcd", 4),
        ("(?:a*)*b", b"aaac", -1),
        ("(?:a|)*b", b"aab", 3),
    ],
)
def test_match(text: str, value: bytes, end: int) -> None:
    assert ends(text, value) == end


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("(?<=ab)c", b"abc", 3),
        ("(?<!ab)c", b"abc", -1),
        ("(?<=b|xab)c", b"abc", 3),
        ("(?<=^ab)c", b"abc", 3),
        (r"\Gc", b"abc", -1),
    ],
)
def test_what_precedes(text: str, value: bytes, end: int) -> None:
    assert ends(text, value, 2) == end


def test_groups() -> None:
    made = program(r"(a)|(b)(c)?")
    walked = Walk(made, b"b")
    assert walked.match(made.first, 0) == 1
    assert walked.saved[2:] == [-1, -1, 0, 1, -1, -1]


def test_groups_are_forgotten_where_their_branch_fails() -> None:
    made = program(r"(a)x|a(b)")
    walked = Walk(made, b"ab")
    assert walked.match(made.first, 0) == 2
    assert walked.saved[2:] == [-1, -1, 1, 2]


@pytest.mark.parametrize(
    "text", ["(?!x)(?:a*)*b", "(?=a)(?:a|a)*b", "(?!x)a*a*a*b", r"(?<!b)(?:a+)+b", r"\s*+a*+a*b", "(?=(?:a|b)*c)a"]
)
def test_tries_are_linear_in_the_length(text: str) -> None:
    made = program(text)
    tries = []
    for size in (500, 1000, 2000):
        walked = Walk(made, b"a" * size)
        before = walked._tries
        assert all(walked.match(made.first, start) < 0 for start in range(size + 1))
        tries.append(before - walked._tries)
    assert tries[2] < 2.2 * tries[1] < 2.2 * 2.2 * tries[0] < 100_000


def test_a_walk_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_TRIES", 1000)
    with pytest.raises(Spent):
        ends(r"(a*)(a*)(a*)(a*)b\1\2\3\4", b"a" * 300)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_REMEMBERED", 50)
    made = program(r"(a*)(a*)b\1\2")
    walked = Walk(made, b"a" * 40)
    assert walked.match(made.first, 0) == -1
    assert len(walked._lost) <= 50
