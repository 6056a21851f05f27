from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.graphql import names_of, strings_of
from edgeguard.waf.targets.registry import make_target


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (b"{a(b: 1){c}}", [b"a", b"b", b"1", b"c"]),
        (b'{a(b: "x y")}', [b"a", b"b"]),
        (b'{a(b: "x \\" y") c}', [b"a", b"b", b"c"]),
        (b'{a(b: "x \\\\") c}', [b"a", b"b", b"c"]),
        (b'{a(b: """x " y""") c}', [b"a", b"b", b"c"]),
        (b"{a # b\n c}", [b"a", b"c"]),
        (b'{a # "b\n c}', [b"a", b"c"]),
        (b'{a "# b" c}', [b"a", b"c"]),
        (b"# only", []),
        (b'"open', []),
    ],
)
def test_names(document: bytes, names: list[bytes]) -> None:
    assert names_of(document) == names


@pytest.mark.parametrize("piece", [b"#\n", b'"', b'""', b'"""', b'\\"', b'# "', b"a "])
def test_long_documents_are_read_in_linear_time(piece: bytes) -> None:
    names_of(piece * (400_000 // len(piece)))


def test_no_number_of_names_and_texts_hides_the_last() -> None:
    assert names_of(b"{" + b"a " * 20_000 + b"__schema}") == [b"a", b"__schema"]
    assert strings_of(b'"" ' * 20_000 + b'"x"')[-1] == b"x"


def test_wherever_the_document_is(seen: Any) -> None:
    for state in (
        seen(json={"query": "{a}"}),
        seen(path="/g?query={a}"),
        seen(form={"query": "{a}"}),
        seen(json=[{"query": "{a}"}]),
        seen(body="{a}", content_type="application/graphql"),
    ):
        assert values(state, "graphql.fields") == [(b"", b"a")]


@pytest.mark.parametrize(
    ("document", "strings"),
    [
        (b'{a(b: "x y", c: "")}', [b"x y", b""]),
        (b'{a(b: "x \\" y")}', [b'x " y']),
        (b'{a(b: "\\u0027 or 1")}', [b"' or 1"]),
        (b'{a(b: """x "y" \\""" z""", c: "d")}', [b'x "y" """ z', b"d"]),
        (b'{a # "b"\n(c: "d")}', [b"d"]),
        (b'{a(b: "# c")}', [b"# c"]),
        (b'{a(b: "open', [b"open"]),
        (b'{a(b: "bad \\x")}', [b"bad \\x"]),
        (b"{a}", []),
    ],
)
def test_strings(document: bytes, strings: list[bytes]) -> None:
    assert strings_of(document) == strings


def test_an_attack_in_a_literal_is_seen_as_one_in_a_variable_is(seen: Any) -> None:
    state = seen(json={"query": 'mutation{login(password:"1\' union select 1 from users-- "){token}}'})
    assert values(state, "graphql.strings") == [(b"", b"1' union select 1 from users-- ")]
    assert (b"", b"1' union select 1 from users-- ") in values(state, "http.request.content")
