"""Patterns against Python's own engine, made at random like the values: what is found, and that the gate never says no to it."""

from __future__ import annotations

import re  # noqa: TID251 - the reference to compare with; nothing here comes from a client
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.pcre import Translation, compile_pcre, walk


@dataclass(frozen=True)
class Both:
    """One pattern, as PCRE and as Python have it."""

    pcre: str
    python: str


def same(text: str) -> Both:
    return Both(text, text)


_SHARED = ["a", "b", "B", "c", " ", "\\n", ".", "[ab]", "[^a]", "[^\\n\\x00-\\x1f]", "\\d", "\\w", "\\W", "\\s", "\\S", "(?i:a)"]
_SHARED += ["(?i:[^b])", "(?i:[a-c]x?)", "\\xe9", "(?i:\\xe9)", "[\\x80-\\xff]", "\\.", "\\-", "1", "_", "(?:ab|a)", "(?-s:.)"]
_ATOMS = [
    *map(same, _SHARED),
    Both("\\h", "[ \\t\\xa0]"),
    Both("\\v", "[\\n-\\r\\x85]"),
    Both("[[:alpha:]1]", "[a-zA-Z1]"),
    Both("[^[:space:]]", "[^\\s]"),
    Both("\\Qa.b\\E", "a\\.b"),
    Both("\\x{61}", "a"),
    Both("\\N", "[^\\n]"),
    Both("\\e", "\\x1b"),
    Both("\\141", "a"),
]
_EDGES = [
    *map(same, ["\\b", "\\B", "^", "\\A"]),
    Both("$", "\\Z"),
    Both("\\z", "\\Z"),
    Both("(?m:^)", "(?m:^)"),
    Both("(?m:$)", "(?m:$)"),
]
_TIMES = ["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*?", "+?", "??"]


def repeated(one: Both, times: str) -> Both:
    return Both(f"(?:{one.pcre}){times}", f"(?:{one.python}){times}")


def chained(parts: list[Both]) -> Both:
    return Both("".join(part.pcre for part in parts), "".join(part.python for part in parts))


def chosen(parts: list[Both]) -> Both:
    return Both(f"(?:{'|'.join(part.pcre for part in parts)})", f"(?:{'|'.join(part.python for part in parts)})")


def wrapped(one: Both, head: str) -> Both:
    return Both(f"{head}{one.pcre})", f"{head}{one.python})")


_leaf = st.sampled_from(_ATOMS)
_fixed = st.sampled_from([atom for atom in _ATOMS if "?)" not in atom.python and "|" not in atom.python])
_any_leaf = st.one_of(_leaf, _leaf, _leaf, st.sampled_from(_EDGES))


def regular(inner: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(chained),
        st.lists(inner, min_size=1, max_size=3).map(chosen),
        st.builds(repeated, inner, st.sampled_from(_TIMES)),
        st.builds(wrapped, inner, st.just("(")),
    )


def around(inner: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    return st.one_of(
        regular(inner),
        st.builds(wrapped, inner, st.sampled_from(["(?=", "(?!", "(?>"])),
        st.builds(wrapped, _leaf, st.sampled_from(["(?<=", "(?<!"])).filter(
            lambda one: "?)" not in one.pcre and "|" not in one.pcre
        ),
        st.just(same("(?:a|b ){1,40}")),
        st.builds(repeated, _leaf, st.sampled_from(["*+", "++", "?+", "{1,2}+"])),
    )


_regular = st.recursive(_any_leaf, regular, max_leaves=10)
_around = st.recursive(_any_leaf, around, max_leaves=10)
_PIECES = [b"a", b"b", b"A", b"B", b"c", b"x", b" ", b"\n", b"1", b"_", b".", b"a.b", b"\xe9", b"\xc9", b"\xa0", b"\t"]
_value = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=14).map(b"".join), st.binary(max_size=12))


def found_by_python(both: Both, value: bytes) -> tuple[int, int] | None:
    found = re.search(both.python.encode("latin-1"), value, re.DOTALL)
    return None if found is None else found.span()


def check(both: Both, values: list[bytes]) -> None:
    try:
        pattern = compile_pcre(both.pcre.encode("latin-1"))
    except Refused as refusal:
        assume("steps" not in str(refusal))  # counts of counts of counts
        raise
    gate = None if pattern.gate is None else Gate(pattern.gate)
    for value in values:
        if not value and "\\B" in both.python:
            continue  # where Python before 3.14 sees no place that is no edge of a word
        expected = found_by_python(both, value)
        span = pattern.search(value)
        assert (span is None) == (expected is None), (both, value)
        if span is not None and expected is not None:
            assert span[0] == expected[0], (both, value)
            assert pattern.groups(value)[0] == value[slice(*span)]
            assert gate is None or gate.ungated or gate.hits(value), (both, value)


@settings(max_examples=250, deadline=None)
@given(_regular, st.lists(_value, min_size=1, max_size=6))
def test_patterns_that_re2_takes(both: Both, values: list[bytes]) -> None:
    check(both, values)


@settings(max_examples=250, deadline=None)
@given(_around, st.lists(_value, min_size=1, max_size=6))
def test_patterns_that_are_walked(both: Both, values: list[bytes]) -> None:
    check(both, values)


def test_a_walk_that_takes_too_many_tries_counts_as_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = compile_pcre(r"(a*)(a*)b\1\2c")
    value = b"a" * 30 + b"b" + b"a" * 29 + b"xc"
    assert pattern.search(value) is None
    monkeypatch.setattr(walk, "_TRIES", 10)
    monkeypatch.setattr(walk, "_TRIES_PER_OCTET", 0)
    assert compile_pcre(r"(a*)(a*)b\1\2c").search(value) == (0, len(value))


@pytest.mark.parametrize(
    ("text", "value", "groups"),
    [
        (r"(a)(b)?(c)", b"xac", (b"ac", b"a", b"", b"c")),
        (r"(?=a)(a)(b)?", b"xa", (b"a", b"a", b"")),
        (r"ab", b"xab", (b"ab",)),
        (r"(a)", b"x", ()),
        ("(.)" * 12, b"abcdefghijklmn", (b"abcdefghijkl", *(b"%c" % octet for octet in b"abcdefghi"))),
    ],
)
def test_groups(text: str, value: bytes, groups: tuple[bytes, ...]) -> None:
    assert compile_pcre(text).groups(value) == groups


def test_a_text_counts_as_its_utf_8_octet_by_octet() -> None:
    pattern = compile_pcre("ä+$")
    assert pattern.search("ä".encode()) == (0, 2)
    assert pattern.search(b"\xc3\xa4\xa4") == (0, 3)
    assert pattern.search("ää".encode()) == (2, 4)


def test_case_beyond_ascii_counts() -> None:
    assert compile_pcre(b"(?i)\xe9").search(b"\xc9") is None
    assert compile_pcre("(?i)[\\xc0-\\xff]x").search(b"\xe9X") == (0, 2)


def test_a_known_pattern_is_neither_read_nor_compiled() -> None:
    known: dict[bytes, Translation] = {}
    first = compile_pcre("(?i)ab(c)$", known)
    again = compile_pcre("(?i)ab(c)$", known)
    assert again.translation is first.translation
    assert again._match is None
    assert again.search(b"xABC") == (1, 4)
    assert again.gate == first.gate


def test_values_that_are_walked_are_remembered_as_far_as_they_are_short_and_few() -> None:
    pattern = compile_pcre(r"<\?(?!xml)")
    for number in range(600):
        assert pattern.search(b"<?php %d" % number) == (0, 2)
    assert pattern.search(b"<?xml" + b" " * 600) is None
    assert pattern._recent is not None
    assert 0 < len(pattern._recent) <= 256
    assert max(map(len, pattern._recent)) <= 512


def test_where_a_walk_begins_is_asked_as_often_as_pays() -> None:
    pattern = compile_pcre(r"a[^c]*(?!b)c")
    assert pattern.search(b"a" * 3000) is None
    assert pattern.search(b"a" * 300 + b"c") == (0, 301)
    assert compile_pcre(r"a.*(?!c)cd").search(b"a" * 3000 + b"cd") is None


@pytest.mark.parametrize("text", ["(", "(?R)", "\\p{L}", "(?<=a*)b"])
def test_what_is_not_taken_is_refused_with_the_pattern(text: str) -> None:
    with pytest.raises(Refused, match="is no pattern that is taken: "):
        compile_pcre(text)


def test_counts_that_re2_refuses_are_walked() -> None:
    pattern = compile_pcre("^(?:a{20,40}b){30}$")
    assert pattern.translation.walked
    assert pattern.search((b"a" * 25 + b"b") * 30) == (0, 780)
    assert pattern.search((b"a" * 25 + b"b") * 29 + b"a" * 41 + b"b") is None


_ENDINGS = [
    "a",
    r"a\b",
    "a$",
    r"a(?:\b|[^a-z])",
    r"a\B",
    r"(?m)a$",
    "(?m)^a",
    "[\\n\\r]",
    r"\W{4}",
    r"a(?:$|\s)",
    "a[^b]",
    r"\bab?\b",
]
_ALONE = {text: Gate(compile_pcre(text).gate or ()) for text in _ENDINGS}
_TOGETHER = Gate([expression for text in _ENDINGS for expression in compile_pcre(text).gate or ()])


@pytest.mark.parametrize("text", _ENDINGS)
@given(st.lists(st.sampled_from([b"a", b"b", b"\n", b" ", b"-"]), max_size=6).map(b"".join))
def test_the_gate_holds_where_the_value_ends(text: str, value: bytes) -> None:
    pattern = compile_pcre(text)
    if pattern.search(value) is not None:
        assert 0 in _ALONE[text].hits(value)
        assert _ENDINGS.index(text) in _TOGETHER.hits(value)


def test_line_ends_behind_the_value_are_no_part_of_it() -> None:
    for text in ("[\\n\\r]", r"\W{4}", "a[^b]"):
        assert not Gate(compile_pcre(text).gate or ()).hits(b"a")
