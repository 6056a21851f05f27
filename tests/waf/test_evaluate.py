from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgeguard.waf.evaluate import Evaluation, collect
from edgeguard.waf.targets.registry import make_target

if TYPE_CHECKING:
    from collections.abc import Callable


def rest() -> None:
    """The tick of a clock that nobody looks at."""


TEXT = """
- id: t-1
  title: t
  status: test
  match:
    one: [{http.request.path: /a, http.request.method: GET}, {http.request.path: /b}]
    two: {http.request.query.values:x|exists: false}
  condition: one and two
"""


def test_a_selection_is_a_list_of_conjunctions(ruleset: Callable[..., Any], seen: Callable[..., Any]) -> None:
    rule = ruleset(TEXT).rules[0]

    def holds(**description: Any) -> bool:
        return Evaluation(seen(**description), None, frozenset(), rest).rule(rule)[0]

    assert holds(path="/a")
    assert not holds(path="/a", method="POST")
    assert holds(path="/b", method="POST")
    assert not holds(path="/a?x=1")


def test_the_first_evidence_is_given(ruleset: Callable[..., Any], seen: Callable[..., Any]) -> None:
    held, evidence = Evaluation(seen(path="/a"), None, frozenset(), rest).rule(ruleset(TEXT).rules[0])
    assert held
    assert evidence is not None
    assert (evidence.label, evidence.form, evidence.span) == ("http.request.path", b"/a", (0, 2))


def test_selections_explain(ruleset: Callable[..., Any], seen: Callable[..., Any]) -> None:
    rule = ruleset(TEXT).rules[0]
    assert Evaluation(seen(path="/c?x=1"), None, frozenset(), rest).selections(rule) == {"one": False, "two": False}


def test_hits_are_believed_for_gated_terms_only(ruleset: Callable[..., Any], seen: Callable[..., Any]) -> None:
    rule = ruleset(TEXT).rules[0]
    assert not Evaluation(seen(path="/a"), {}, frozenset(rule.terms), rest).rule(rule)[0]
    assert Evaluation(seen(path="/a"), {}, frozenset(), rest).rule(rule)[0]


def test_collect_names_its_source(seen: Callable[..., Any]) -> None:
    found = list(collect(seen(path="/?a=b"), make_target("http.request.arguments")))
    assert found == [("http.request.query.names", b"a", b"a"), ("http.request.query.values", b"a", b"b")]
