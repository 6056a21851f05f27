from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.gate import Gate
from edgeguard.waf.lanes import LANES
from edgeguard.waf.model import Target, Term
from edgeguard.waf.operators.registry import make_operator
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build, send
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets.sources import Source
from edgeguard.waf.transformations.registry import TRANSFORMATIONS
from edgeguard.waf.tries import Builder

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.lanes import Member


def term(
    *sources: Source,
    contains: str = "needle",
    key: bytes | None = None,
    without: frozenset[bytes] = frozenset(),
    steps: tuple[str, ...] = (),
    negated: bool = False,
    multi: bool = False,
    phase: Phase | None = None,
    otherwise: bytes | None = None,
) -> Term:
    target = Target("t", sources, key, without, otherwise=otherwise)
    pipeline = tuple(TRANSFORMATIONS[step] for step in steps)
    return Term(target, pipeline, make_operator("contains", [contains]), negated, multi, phase)


def count(*sources: Source, key: bytes | None = None, phase: Phase | None = None) -> Term:
    return Term(Target("&t", sources, key, count=True), (), make_operator("equals", ["1"]), phase=phase)


def lists(builder: Builder, phase: Phase) -> dict[str, Member]:
    """All lists of a phase by their labels."""
    lanes, loose, _ = builder.phase(phase)
    return {member.label: member for member in (*(member for lane in lanes for member in lane.members), *loose)}


def asked(member: Member, name: bytes, value: bytes) -> set[Term]:
    trie = member.named.get(name, member.other)
    return set() if trie is None else set(trie.ask(value, lambda: None))


def test_each_list_is_looked_at_in_the_phase_that_brings_it() -> None:
    builder = Builder([term(Source.QUERY_VALUE, Source.FORM_VALUE, Source.RESPONSE_BODY)], None)
    assert [set(lists(builder, phase)) for phase in Phase] == [
        {Source.QUERY_VALUE.value},
        {Source.FORM_VALUE.value},
        set(),
        {Source.RESPONSE_BODY.value},
        set(),
    ]


def test_what_comes_after_the_terms_own_phase_is_not_looked_at() -> None:
    builder = Builder([term(Source.QUERY_VALUE, Source.FORM_VALUE, phase=Phase.REQUEST_HEAD)], None)
    assert lists(builder, Phase.REQUEST_HEAD)
    assert not lists(builder, Phase.REQUEST_BODY)


def test_what_a_rule_on_the_head_may_still_change_waits_for_the_body() -> None:
    builder = Builder([term(Source.BODY_PROCESSOR)], None)
    assert not lists(builder, Phase.REQUEST_HEAD)
    assert lists(builder, Phase.REQUEST_BODY)


def test_lists_stand_in_the_lane_that_they_follow_from_or_alone() -> None:
    terms = [term(Source.HEADER_VALUE), term(Source.QUERY_VALUE), term(Source.RESPONSE_BODY)]
    builder = Builder(terms, None)
    lanes, loose, _ = builder.phase(Phase.REQUEST_HEAD)
    assert [lane.key for lane in lanes] == [key for key, _ in LANES[1:3]]
    assert not loose
    lanes, loose, _ = builder.phase(Phase.RESPONSE_BODY)
    assert not lanes
    assert [member.label for member in loose] == [Source.RESPONSE_BODY.value]


def test_names_have_tries_of_just_the_terms_that_look_at_them() -> None:
    every, named, spared = (
        term(Source.HEADER_VALUE),
        term(Source.HEADER_VALUE, key=b"referer"),
        term(Source.HEADER_VALUE, without=frozenset({b"cookie"})),
    )
    member = lists(Builder([every, named, spared], None), Phase.REQUEST_HEAD)[Source.HEADER_VALUE.value]
    assert asked(member, b"referer", b"a needle") == {every, named, spared}
    assert asked(member, b"cookie", b"a needle") == {every}
    assert asked(member, b"accept", b"a needle") == {every, spared}


def test_a_name_that_nobody_looks_at_has_no_trie() -> None:
    member = lists(Builder([term(Source.QUERY_VALUE, key=b"id")], None), Phase.REQUEST_HEAD)[Source.QUERY_VALUE.value]
    assert member.other is None
    assert list(member.named) == [b"id"]


def test_terms_are_told_by_expressions_or_asked_exactly() -> None:
    gated, negated = term(Source.QUERY_VALUE), term(Source.QUERY_VALUE, negated=True)
    member = lists(Builder([gated, negated], None), Phase.REQUEST_HEAD)[Source.QUERY_VALUE.value]
    assert member.other is not None
    assert member.other.checks == (negated,)
    assert asked(member, b"a", b"a needle") == {gated}
    assert asked(member, b"a", b"hay") == {negated}


def test_of_several_forms_each_is_looked_at() -> None:
    every = term(Source.QUERY_VALUE, contains="A", steps=("url_decode", "hex_encode"), multi=True)
    last = term(Source.QUERY_VALUE, contains="A", steps=("url_decode", "hex_encode"))
    member = lists(Builder([every, last], None), Phase.REQUEST_HEAD)[Source.QUERY_VALUE.value]
    assert asked(member, b"a", b"A") == asked(member, b"a", b"%41") == {every}


def test_an_expression_that_the_gate_cannot_read_is_asked_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = term(Source.QUERY_VALUE), term(Source.QUERY_VALUE, contains="hay")

    class Halved(Gate):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            self.ungated = frozenset({0})

    monkeypatch.setattr("edgeguard.waf.gates.Gate", Halved)
    member = lists(Builder([one, other], None), Phase.REQUEST_HEAD)[Source.QUERY_VALUE.value]
    assert member.other is not None
    assert member.other.checks == (other,)  # `hay` sorts before `needle`


def test_lists_that_are_asked_the_same_share_a_database() -> None:
    same = [term(source, contains=word) for source in (Source.QUERY_VALUE, Source.COOKIE_VALUE) for word in ("one", "two")]
    apart = term(Source.PATH, contains="three")
    found = lists(Builder([*same, apart], None), Phase.REQUEST_HEAD)
    gates = {label: member.other.whole.always[0][0] for label, member in found.items() if member.other is not None}
    assert gates[Source.QUERY_VALUE.value] is gates[Source.COOKIE_VALUE.value]
    assert gates[Source.PATH.value] is not gates[Source.QUERY_VALUE.value]
    assert asked(found[Source.PATH.value], b"", b"one three") == {apart}


def test_what_stands_where_a_list_has_nothing_goes_along() -> None:
    member = lists(Builder([term(Source.QUERY, otherwise=b"")], None), Phase.REQUEST_HEAD)[Source.QUERY.value]
    assert member.otherwise == b""


@pytest.mark.parametrize(("key", "expected"), [(None, 3), (b"a", 2), (b"c", 0)])
def test_numbers_of_values(key: bytes | None, expected: int) -> None:
    lanes, _, loose = Builder([count(Source.QUERY_VALUE, key=key)], None).phase(Phase.REQUEST_HEAD)
    assert not loose
    (one,) = lanes[0].counts
    sample = build({"path": "/?a=1&b=2&A=3"})
    assert one.of(Seen(sample.request, sample.client)) == expected


def test_a_number_is_known_when_its_last_list_is_or_when_it_is_wanted() -> None:
    builder = Builder([count(Source.QUERY_VALUE, Source.FORM_VALUE)], None)
    assert builder.phase(Phase.REQUEST_HEAD) == ((), (), ())
    assert len(builder.phase(Phase.REQUEST_BODY)[2]) == 1
    early = Builder([count(Source.QUERY_VALUE, Source.FORM_VALUE, phase=Phase.REQUEST_HEAD)], None)
    assert len(early.phase(Phase.REQUEST_HEAD)[2]) == 1


def test_a_value_that_is_not_known_yet_is_looked_at_as_what_stands_for_it(seclang: Callable[..., Ruleset]) -> None:
    one = seclang('SecRule REQUEST_BODY "@rx ^$" "id:1,phase:1,log,pass"\nSecRule ARGS_POST "@rx ^$" "id:2,phase:1,log,pass"')
    for blind in (False, True):
        matches = send(one, build({"form": {"a": ""}}), blind=blind).finish().matches
        assert [match.rule for match in matches] == ["1"]
