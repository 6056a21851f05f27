from __future__ import annotations

import pytest

from edgeguard.waf.seclang.macros import Reference, Template, parse_template

SCORE = Reference("TX", b"score")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", (b"",)),
        ("plain", (b"plain",)),
        ("%{tx.score}", (SCORE,)),
        ("%{TX:Score}", (SCORE,)),
        ("%{ tx.score }", (SCORE,)),
        ("a%{tx.score}b%{matched_var}", (b"a", SCORE, b"b", Reference("MATCHED_VAR", b""))),
        ("%{request_headers.user-agent}", (Reference("REQUEST_HEADERS", b"user-agent"),)),
        ("%{a.b:c.d}", (Reference("A", b"b:c.d"),)),
    ],
)
def test_what_a_text_means(text: str, parts: tuple[bytes | Reference, ...]) -> None:
    assert parse_template(text).parts == parts


@pytest.mark.parametrize("text", ["%{", "%{}", "%{ }", "100%", "%{a b}", "%{tx.a", "[%{]{2}", "%%{2,3}x", "caf\udce9 %{é}"])
def test_what_names_no_variable_is_text(text: str) -> None:
    assert parse_template(text).constant == text.encode("utf-8", "surrogateescape")


def test_a_macro_behind_what_is_none() -> None:
    assert parse_template("%{a b}%{tx.score}").references == (SCORE,)


def test_filling_in() -> None:
    template = parse_template("=%{tx.score}%{ip.n};")
    assert template.constant is None
    assert template.expand(lambda reference: b"5" if reference.is_tx else b"") == b"=5;"
    assert parse_template("plain").expand(lambda _: b"no") == b"plain"


def test_what_is_known_beforehand_is_put_in() -> None:
    template = parse_template("%{tx.score}/%{ip.n}")
    half = template.settled(lambda reference: b"5" if reference == SCORE else None)
    assert half.references == (Reference("IP", b"n"),)
    assert half.settled(lambda _: b"1").constant == b"5/1"
    assert template.constant is None


def test_repr_tells_the_parts() -> None:
    assert repr(Template((b"a", SCORE))) == "Template([b'a', Reference(collection='TX', key=b'score')])"
