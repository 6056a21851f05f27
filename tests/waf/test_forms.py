from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.forms import _LONG, _LONGEST, _REMEMBERED, _SETS, _SHRINKING, Entry, Trie
from edgeguard.waf.gate import Gate
from edgeguard.waf.model import Term
from edgeguard.waf.operators.registry import make_operator
from edgeguard.waf.targets.registry import make_target
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS, Transformation


class Counting:
    """A step that counts how often it is asked."""

    def __init__(self, name: str) -> None:
        self.calls = 0
        self._apply = TRANSFORMATIONS[name].apply
        self.step = Transformation(name, self, TRANSFORMATIONS[name].stirs)

    def __call__(self, value: bytes) -> bytes:
        self.calls += 1
        return self._apply(value)


def term(*steps: str | Transformation, contains: str = "x") -> Term:
    pipeline = tuple(TRANSFORMATIONS[step] if isinstance(step, str) else step for step in steps)
    return Term(make_target("http.request.any"), pipeline, make_operator("contains", [contains]))


def trie(*terms: Term, checks: tuple[Term, ...] = ()) -> Trie:
    """A trie that is ready to be asked."""
    one = Trie("label", [Entry(each, each.pipeline, each.operator.gate or ()) for each in terms], checks)
    for patterns in one.patterns:
        expressions = tuple(patterns.wanted)
        if expressions:
            patterns.bind(Gate(expressions), {expression: number for number, expression in enumerate(expressions)})
    one.settle()
    return one


def ask(one: Trie, value: bytes) -> set[Term]:
    return set(one.ask(value, lambda: None))


def test_terms_are_found_in_the_form_that_they_look_at() -> None:
    plain, decoded, both = term(), term("url_decode"), term("url_decode", "lowercase")
    one = trie(plain, decoded, both)
    assert ask(one, b"x") == {plain, decoded, both}
    assert ask(one, b"%78") == {decoded, both}
    assert ask(one, b"%58") == {both}
    assert ask(one, b"y%59") == set()


def test_no_step_is_taken_that_can_change_nothing() -> None:
    counting = Counting("url_decode")
    one = trie(term(counting.step), term(counting.step, "lowercase"), term("remove_nulls"))
    ask(one, b"benign")
    assert counting.calls == 0
    ask(one, b"%41")
    assert counting.calls == 1  # though two terms look at what comes of it


def test_equal_forms_are_scanned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = trie(term("lowercase", "url_decode"), term("url_decode"))
    scanned: list[bytes] = []
    hits = Gate.hits
    monkeypatch.setattr(Gate, "hits", lambda gate, form: scanned.append(form) or hits(gate, form))
    ask(one, b"%41")
    assert sorted(scanned) == [b"%41", b"A"]


def test_prefixes_of_pipelines_are_shared() -> None:
    one = trie(term("url_decode", "lowercase"), term("url_decode", "remove_nulls"))
    assert len(one.root.steps) == 1
    assert len(one.root.steps[0][2].steps) == 2
    assert len(one.nodes) == 4


def test_calm_bytes_are_those_which_no_step_changes() -> None:
    calm = trie(term("url_decode"), term("lowercase")).calm
    assert b"%" not in calm
    assert b"A" not in calm
    assert b"a" in calm


def test_a_form_that_is_the_value_again_is_looked_at_behind_steps_that_change_every_value() -> None:
    by_length = Term(make_target("http.request.any"), (TRANSFORMATIONS["length"],), make_operator("equals", ["1"]))
    there_and_back = term("base64_encode", "base64_decode", contains="y")
    one = trie(by_length, there_and_back)
    assert ask(one, b"1") == {by_length}
    assert ask(one, b"y") >= {there_and_back}


def test_terms_without_expressions_are_asked_exactly() -> None:
    checked = term(contains="z")
    one = trie(term(), checks=(checked, checked))
    assert one.checks == (checked,)
    assert ask(one, b"az") == {checked}
    assert ask(one, b"ay") == set()


def test_what_was_found_is_remembered() -> None:
    one = trie(term())
    first = one.ask(b"ax", lambda: None)
    assert one.known[b"ax"] is first


def test_memory_is_bounded_in_number_and_length() -> None:
    one = trie(term())
    for number in range(_REMEMBERED + 10):
        ask(one, b"%d" % number)
    assert len(one.known) == 10
    ask(one, b"y" * (_LONGEST + 1))
    assert len(one.known) == 10


def test_memory_of_ways_is_bounded() -> None:
    one = trie(term("url_decode"), term("lowercase"))
    for number in range(_SETS + 10):
        one._find_ways(frozenset({number}))
    assert len(one._ways) == 10


def test_time_is_looked_at_between_the_forms_of_long_values_only() -> None:
    one = trie(term("url_decode", "lowercase"))
    ticks: list[int] = []
    one.ask(b"%41" * 100, lambda: ticks.append(1))
    assert not ticks
    one.ask(b"%41" * _LONG, lambda: ticks.append(1))
    assert ticks


def test_nothing_is_remembered_where_time_runs_out() -> None:
    one = trie(term("url_decode", "lowercase"))
    value = b"%41" * _LONG
    with pytest.raises(TimeoutError):
        one.ask(value, late)
    assert not one.known


def late() -> None:
    raise TimeoutError


def test_short_forms_are_not_scanned() -> None:
    long = Term(make_target("http.request.any"), (), make_operator("contains", ["abc"]))
    one = Trie("label", [Entry(long, (), (Expression(literal(b"abc"), least=3),))], ())
    one.whole.bind(Gate([Expression(literal(b"abc"), least=3)]), {Expression(literal(b"abc"), least=3): 0})
    assert one.whole.least == 3
    assert ask(one, b"ab") == set()
    assert ask(one, b"abc") == {long}


@given(st.sampled_from(sorted(_SHRINKING & {step.name for step in (*TRANSFORMATIONS.values(), *SECLANG.values())})), st.data())
def test_steps_that_are_said_to_shrink_never_lengthen(name: str, data: st.DataObject) -> None:
    step = next(step for step in (*TRANSFORMATIONS.values(), *SECLANG.values()) if step.name == name)
    pieces = st.sampled_from(
        (b"%41", b"%u0041", b"%uff1c", b"\\41 ", b"\\x41", b"\\u0041", b"QUJD", b"/*", b"*/", b"./", b"../", b"+")
    )
    value = data.draw(st.lists(pieces | st.binary(max_size=3), max_size=8).map(b"".join))
    assert len(step.apply(value)) <= len(value)


def test_every_name_of_a_step_that_shrinks_is_one() -> None:
    assert {step.name for step in (*TRANSFORMATIONS.values(), *SECLANG.values())} >= _SHRINKING


_STEPS = (
    "url_decode",
    "lowercase",
    "base64_decode",
    "base64_encode",
    "length",
    "remove_nulls",
    "trim",
    "hex_encode",
    "replace_comments",
)


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(_STEPS), max_size=3), st.sampled_from(("x", "1", "=", "a", "78"))), max_size=5),
    st.lists(st.sampled_from((b"x", b"X", b"%", b"78", b"=", b"1", b"YQ", b"/*a*/", b"\0", b" ", b"eA==")), max_size=5).map(
        b"".join
    ),
)
def test_no_term_is_missed(described: list[tuple[list[str], str]], value: bytes) -> None:
    terms = [term(*steps, contains=what) for steps, what in described]
    one = trie(*terms)
    assert ask(one, value) >= {each for each in terms if each.takes(value)}
