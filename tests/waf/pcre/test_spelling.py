from __future__ import annotations

import pytest

from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.spelling import gate_of, spell, without_needless_atoms


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("(?i)union", "(?i)union"),
        ("(?i:a)b", "[Aa]b"),
        ("a(?:b|c)d", "a(?:[b]|c)d".replace("[b]", "b")),
        ("(a|b)+?", "(?:a|b)+?"),
        ("(?:ab)*", "(?:ab)*"),
        ("a$", r"a\z"),
        ("^a", r"\Aa"),
        ("(?m)^a$", "(?m:^)a(?m:$)"),
        ("a{1500}", "a{1000}a{500}"),
        ("a{2,1500}", "a{2}a{0,1000}a{0,498}"),
        ("a{1,}", "a+"),
        ("(?=a)b", "(?:)b"),
        (r"(a)\1", "(?:a).*"),
        ("(?>ab)c", "(?:ab)c"),
        (r"a\s", "a[\\x09-\\x0d ]"),
    ],
)
def test_for_re2(text: str, exact: str) -> None:
    assert spell(read(text)[0]) == exact


def test_groups_are_kept_where_they_are_wanted() -> None:
    assert spell(read("(a)(?:b)")[0], groups=True) == "(a)b"


def test_counts_may_be_let_go() -> None:
    assert spell(read("(?:a{1,40}b{40}){2}")[0], uncounted=True) == "(?:a+b{33,}){2}"


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("a$", (r"a\n", 1)),
        ("(?:a$|b)", (r"a\n|b", 1)),
        ("a$b", ("a(?:)b", 0)),
        (r"a$\b", (r"a(?:)\b", 4)),
        (r"a(?:\b|$)", (r"a(?:\b|\n)", 4)),
        ("(?m)a$", (r"a\n", 1)),
        (r"a\Z", (r"a\n", 1)),
        ("(?:a$)+", ("(?:a(?:))+", 0)),
        ("^a", (r"\Aa", 0)),
        ("b(?:^|a)c", ("b(?:(?:)|a)c", 0)),
        ("a{1,99}b", ("a+b", 0)),
        ("a{0,99}?b", ("a*b", 0)),
        ("[ab]{7,99}x", ("[ab]{7,}x", 0)),
        ("[ab]{3,9}x", ("[ab]{3,9}x", 0)),
        ("(?!x)a", ("(?:)a", 0)),
    ],
)
def test_for_the_gate(text: str, gate: tuple[str, int]) -> None:
    found = gate_of(read(text)[0])
    assert found is not None
    assert [(each.text.decode(), each.beyond) for each in found] == [gate]


@pytest.mark.parametrize("text", ["", "a*", "^$", "(?=a)", "a?|b", r"\b"])
def test_what_may_be_empty_has_no_gate(text: str) -> None:
    assert gate_of(read(text)[0]) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a*+b", "a*b"),
        (r"\s*+(?:;|=)", r"\s*(?:;|=)"),
        ("a++$", "a+$"),
        ("ba++", "ba+"),
        ("(?:x|a++)", "(?:x|a+)"),
        ("(a++)", "(a+)"),
        ("a*+[ab]", None),
        ("(?:a++)b?a", None),
        ("(?:a*+)+", None),
        ("a?+b", None),
        ("a*+(?:b|a)", None),
    ],
)
def test_atoms_that_change_nothing_go(text: str, plain: str | None) -> None:
    node = read(text)[0]
    assert without_needless_atoms(node) == (node if plain is None else read(plain)[0])


@pytest.mark.parametrize(
    ("text", "marked"), [("union select", False), ("a;", True), ("a[;b]", False), (r"a\n", True), ("a$", False)]
)
def test_whether_a_mark_must_be_there(text: str, marked: bool) -> None:
    found = gate_of(read(text)[0])
    assert found is not None
    assert [each.marked for each in found] == [marked]


def test_the_shortest_value_is_told() -> None:
    found = gate_of(read("ab{3}c?")[0])
    assert found is not None
    assert [each.least for each in found] == [4]
