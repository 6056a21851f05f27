from __future__ import annotations

import pytest

from edgeguard.waf.graphql.measure import MOST, NoDocument, measure


@pytest.mark.parametrize(
    ("document", "depth"),
    [
        ("{ a }", 1),
        ("{ a { b } }", 2),
        ("query Q($x: [Int!]! = [1], $y: I = {a: {b: 1}}) @d(x: 1) { a { b } c }", 2),
        ('{ a(f: {g: {h: 1}}, s: "{ { {") { b } }', 2),
        ("{ a { ... on T { b { c } } } }", 3),
        ("{ a { ... @include(if: true) { b } } }", 2),
        ("{ a { ...F } } fragment F on T { b { c } }", 3),
        ("{ ...F } fragment F on T { b ...G } fragment G on T { c { d { e } } }", 3),
        ("{ a { b } } # { { {", 2),
        ('{ a(x: """ { " { """) { b } }', 2),
        ("\ufeff{ x: a, y: b { c } }", 2),
        ("subscription { a { b } }", 2),
        ("fragment F on T { a { b } } { x }", 1),
    ],
)
def test_depth(document: str, depth: int) -> None:
    assert measure(document.encode()).depth == depth


@pytest.mark.parametrize(
    ("document", "aliases"),
    [
        ("{ a }", 0),
        ("{ x: a y: b { z: c } }", 3),
        ("{ a(x: 1, y: {z: 2}) }", 0),
        ("query Q($a: Int) { x: b(a: $a) }", 1),
        ("{ ...F ...F } fragment F on T { x: a }", 2),
        ("query A { x: a } query B { y: b }", 2),
        ("{ a a a { a a } }", 3),
    ],
)
def test_aliases(document: str, aliases: int) -> None:
    assert measure(document.encode()).aliases == aliases


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ a b c }", {}, 3),
        ("{ a(first: 10) { b c } }", {}, 21),
        ("{ a(first: 10) { b(limit: 5) { c } } }", {}, 1 + 10 + 50),
        ("query($n: Int = 7) { a(first: $n) { b } }", {}, 8),
        ("query($n: Int = 7) { a(first: $n) { b } }", {"n": 100}, 101),
        ("query($n: Int) { a(first: $n) { b } }", {}, 2),
        ("{ a(filter: {first: 100}) { b } }", {}, 2),
        ("{ a(first: 10) { ...F } } fragment F on T { b(first: 3) { c } }", {}, 1 + 10 + 30),
        ("{ a(first: -1) { b } }", {}, 2),
        ("{ a(first: 99999999999999999999) { b } }", {}, MOST),
        ("{ a(first: 10) @include(if: true) { b } }", {}, 11),
    ],
)
def test_cost(document: str, variables: dict[str, int], cost: int) -> None:
    assert measure(document.encode(), variables).cost == cost


@pytest.mark.parametrize(
    ("document", "directives"),
    [
        ("{ a }", 0),
        ("{ a @x @y(z: 1) { b @x } }", 3),
        ("{ ...F @x ...F ... @x { a } } fragment F on T { a @x }", 4),
        ("query @a@a@a { b @c@c@c }", 6),
    ],
)
def test_directives(document: str, directives: int) -> None:
    assert measure(document.encode()).directives == directives


def test_operations_mutations_and_introspection() -> None:
    whole = measure(b"query A { a } mutation B { b } fragment F on T { c }")
    assert (whole.operations, whole.only_mutations, whole.introspects) == (2, False, False)
    assert measure(b"mutation A { a } mutation B { b }").only_mutations
    assert measure(b"{ __schema { types { name } } }").introspects
    assert measure(b'{ x: __type(name: "T") { name } }').introspects
    assert measure(b"{ ...F } fragment F on Query { __schema { types { name } } }").introspects
    assert not measure(b'{ a(x: "__schema") { __typename } }').introspects


def test_fragments_that_multiply_are_counted_without_being_opened() -> None:
    parts = [f"fragment F{n} on T {{ ...F{n + 1} ...F{n + 1} }}" for n in range(200)]
    whole = measure(("{ ...F0 } " + " ".join(parts) + " fragment F200 on T { x: a }").encode())
    assert whole.cost == whole.aliases == MOST


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("", "no operation"),
        ("hello", "something else"),
        ("{ a { b }", "not closed"),
        ("{ a }}", "something else"),
        ("query Q", "no selection"),
        ("{ a(b: 1 }", "not closed|mark"),
        ("{ a ] }", "mark"),
        ("fragment F on T { a }", "no operation"),
        ("type T { a: Int }", "something else"),
        ("{ ...A } fragment A on T { ...B } fragment B on T { ...A }", "themselves"),
        ("{ ...A } fragment A on T { a { ...A } }", "themselves"),
        ("{ ...A } fragment A on T { a } fragment A on T { b }", "one name"),
        ("{ a } ' or 1=1", "outside of strings"),
        ("{ a <script> }", "outside of strings"),
    ],
)
def test_what_is_no_document(document: str, why: str) -> None:
    with pytest.raises(NoDocument, match=why):
        measure(document.encode())


@pytest.mark.parametrize("piece", [b"{a", b"a(", b"...F ", b'"', b"#", b'"""', b"fragment F on T {a}", b"(x:{", b"a:b "])
def test_any_text_comes_to_an_end(piece: bytes) -> None:
    with pytest.raises(NoDocument):
        measure(piece * 10_000)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_comment_ends_with_its_line_however_lines_end(end: str) -> None:
    found = measure(f"mutation A {{ a }} # text{end} query B {{ __schema {{ types {{ name }} }} }}".encode())
    assert (found.operations, found.depth, found.introspects, found.only_mutations) == (2, 3, True, False)
