from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.caseless import BLIND, _folded, before_lowercase
from edgeguard.waf.expression import Expression
from edgeguard.waf.gate import Gate
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS, Transformation

STEPS = {step.name: step for step in (*TRANSFORMATIONS.values(), *SECLANG.values())}
LOWER = STEPS["lowercase"]


def asked(*names: str, pattern: bytes) -> tuple[list[str], list[bytes]]:
    steps, expressions = before_lowercase(tuple(STEPS[name] for name in names), (Expression(pattern),))
    return [step.name for step in steps], [expression.text for expression in expressions]


def test_the_form_of_small_letters_is_left_out() -> None:
    assert asked("url_decode", "lowercase", "trim", pattern=b"select") == (["url_decode", "trim"], [b"(?i)select"])
    assert asked("lowercase", pattern=b"(?i)select") == ([], [b"(?i)select"])
    assert asked("lowercase", "trim", "lowercase", pattern=b"a") == (["trim"], [b"(?i)a"])


def test_what_minds_case_keeps_it() -> None:
    assert asked("lowercase", "base64_decode", pattern=b"a") == (["lowercase", "base64_decode"], [b"a"])
    assert asked("trim", pattern=b"a") == (["trim"], [b"a"])


def test_what_is_known_of_an_expression_stays() -> None:
    _, (expression,) = before_lowercase((LOWER,), (Expression(b"abc", beyond=1, least=3),))
    assert (expression.beyond, expression.least) == (1, 3)


def test_one_pattern_that_cannot_be_folded_keeps_all() -> None:
    steps, expressions = before_lowercase((LOWER,), (Expression(b"a"), Expression(b"[^B]")))
    assert steps == (LOWER,)
    assert [expression.text for expression in expressions] == [b"a", b"[^B]"]


@pytest.mark.parametrize(
    "pattern",
    [b"[^A]", b"[^a]", b"[^0-z]", b"[^\\x41]", b"[^\\x00-\\x5a]", b"[^[:upper:]]", b"(?!a)b", b"(?<!A)b", b"(?-i:A)", b"\\\\[^A]",
     b"x[^]A]", b"\\\\\\\\[^A]", b"[^\\A]", b"[^!-\\x61]"],
)  # fmt: skip
def test_patterns_that_leave_letters_out_stay_where_they_are(pattern: bytes) -> None:
    assert _folded(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [b"a", b"[^0-9]", b"[^'\"]+A", b"\\[^A", b"[^\\n\\r]", b"[^\\s]", b"[^\\x00-\\x40]x", b"[A-Z]", b"[^]]",
     b"\\\\\\[^A", b"[^\\]]a"],
)  # fmt: skip
def test_other_patterns_are_folded(pattern: bytes) -> None:
    assert _folded(pattern) == b"(?i)" + pattern


@pytest.mark.parametrize("name", sorted(BLIND))
@given(st.data())
def test_steps_that_are_said_to_be_blind_are(name: str, data: st.DataObject) -> None:
    pieces = st.sampled_from(
        (b"/", b"..", b".", b"\\", b"/*", b"*/", b"--", b"#", b"<!--", b"-->", b"\0", b" ", b"\t", b"A", b"b", b"\xa0", b"\xc4")
    )
    value = data.draw(st.lists(pieces | st.binary(max_size=3), max_size=10).map(b"".join))
    apply = STEPS[name].apply
    assert apply(value.lower()) == apply(value).lower()


PIECES = st.sampled_from(
    (b"a", b"B", b"1", b"\\x41", b"\\x62",
     b".", b"\\w", b"\\W", b"\\d", b"\\s", b"\\b", b"\\B", b"[ab]", b"[A-C]", b"[^a]",
     b"[^B1]", b"[^1]",
     b"[^\\s]", b"[^\\w]", b"[^\\x41-\\x43]", b"[^\\x00-\\x40]", b"[[:upper:]]", b"[[:^lower:]]", b"[^]]", b"\\\\",
     b"\\[",
     b"a*", b"B+", b"(?:a|B)", b"(?i:A)", b"(?-i:A)", b"(?!a)", b"^", b"]", b"[^\\]a]", b"-")
)  # fmt: skip
VALUES = st.lists(
    st.sampled_from((b"a", b"A", b"b", b"B", b"1", b" ", b"\\", b"[", b"^", b"]", b"-", b"/*x*/", b"\0", b"C", b"\xe4")),
    max_size=8,
)


@settings(max_examples=300)
@given(
    st.lists(PIECES, min_size=1, max_size=5).map(b"".join),
    st.lists(st.sampled_from(sorted(BLIND)), max_size=2),
    st.lists(VALUES.map(b"".join), min_size=1, max_size=5),
)
def test_what_is_found_in_small_letters_is_found_without_regard_to_case(
    pattern: bytes, names: list[str], values: list[bytes]
) -> None:
    pipeline = (LOWER, *(STEPS[name] for name in names))
    steps, (loose,) = before_lowercase(pipeline, (Expression(pattern),))
    if steps == pipeline:
        return
    exact, folded = Gate([Expression(pattern)]), Gate([loose])
    if exact.ungated:
        return
    assert not folded.ungated
    for value in values:
        if exact.hits(through(pipeline, value)):
            assert folded.hits(through(steps, value)), value


def through(steps: tuple[Transformation, ...], value: bytes) -> bytes:
    for step in steps:
        value = step.apply(value)
    return value
