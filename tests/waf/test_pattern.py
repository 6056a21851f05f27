from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.pattern import compile_pattern

PATTERNS = [
    r"a\sb",
    r"a\Sb",
    r"[^\s]x",
    r"[\S]x",
    r"[\s\d]y",
    r"\vz",
    r"\ba\b",
    r"\Ba",
    r"^a",
    r"a$",
    r"\Aab\z",
    r"(?i)union\s+select",
    r"[[:space:]]a",
    r"[^[:alpha:]]b",
    r"[]a]b",
    r"[^]a]b",
    r"a{2,70}b",
    r"[ab]{0,90}x",
    r"a{1,99}?b",
    r"(?s-s:a.b)",
    r"a.b",
    r"(?i)\xe4b",
    r"\xff",
    r"[^\x00-\x7f]a",
    r"(?m)^a",
    r"(?m)a$",
    r"(?i:a)b",
    r"a|(?i)b|c",
    r"(?:a|b)*c",
    r"\x00",
    r"\t\n",
    r"[\w-]z",
    r"(?i)[^a-s]k",
    r"\D\W",
    r"a\/b",
    r"x*?y",
    r"(?U)a+b",
]
_PIECES = [
    b"a",
    b"b",
    b"B",
    b"A",
    b"x",
    b"y",
    b"z",
    b"k",
    b"K",
    b"S",
    b" ",
    b"\t",
    b"\n",
    b"\v",
    b"\r",
    b"\x00",
    b"\xff",
    b"\xe4",
    b"\xc4",
    b"1",
    b"_",
    b"]",
    b"/",
    b"union",
    b"SELECT",
]


@pytest.mark.parametrize("text", PATTERNS)
def test_the_gate_never_says_no_where_re2_says_yes(text: str) -> None:
    pattern = compile_pattern(text)
    if pattern.gate is None:
        return
    gate = Gate([pattern.gate])

    @given(st.one_of(st.lists(st.sampled_from(_PIECES), max_size=12).map(b"".join), st.binary(max_size=20)))
    def holds(value: bytes) -> None:
        if pattern.search(value) is not None:
            assert gate.ungated or gate.hits(value)

    holds()


def test_white_space_takes_the_vertical_tab() -> None:
    assert compile_pattern(r"a\sb").search(b"a\vb") == (0, 3)
    assert compile_pattern(r"a[^\s]b").search(b"a\vb") is None
    assert compile_pattern(r"a\Sb").search(b"a\vb") is None


@pytest.mark.parametrize("text", [r"(?m)^a", r"(?i)\xe4", r"(?i)\x{e4}", "a*", "(?:)", "^$"])
def test_what_the_engines_read_differently_is_kept_from_the_gate(text: str) -> None:
    assert compile_pattern(text).gate is None


@pytest.mark.parametrize("text", [r"\pL", r"\PL", r"\C", r"\Qa\E", "a{,3}", "ä", r"[\s-z]", "(", r"(a)\1", "(?=a)", "a**"])
def test_what_has_no_one_meaning_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        compile_pattern(text)


def test_wide_repetitions_are_unbounded_for_the_gate_only() -> None:
    pattern = compile_pattern(r"\Aa{0,100}b[{0,100}]")
    assert pattern.gate is not None
    assert pattern.gate.text == rb"\Aa*b[{0,100}]"
    assert pattern.search(b"a" * 101 + b"b{") is None


def test_the_end_of_a_value_is_anywhere_for_the_gate_only() -> None:
    pattern = compile_pattern(r"a$|b\z|[$]\$|\\z")
    assert pattern.gate is not None
    assert pattern.gate.text == rb"a(?:)|b(?:)|[$]\$|\\z"
    assert pattern.search(b"ax") is None


@given(st.binary(min_size=1, max_size=20))
def test_a_literal_means_just_its_bytes(value: bytes) -> None:
    assert list(Gate([Expression(b"^" + literal(value))]).hits(value)) == [0]
