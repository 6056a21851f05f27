from __future__ import annotations

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import Ruleset
from edgeguard.waf.mutations.survival import Survival, grammars_of, names, survival
from edgeguard.waf.rule_reader import read_rules

LITERAL = """\
- id: t-literal
  title: A literal
  tags: [cwe/89]
  action: block
  match:
    word: {http.request.query.values|contains: "1 union select"}
    there: {http.request.path|starts_with: /items}
  condition: word and there
  tests:
    match: [{path: "/items?id=1%20union%20select"}]
    pass: [{path: /}]
"""
THOROUGH = """\
- id: t-thorough
  title: The same, seen through disguises
  tags: [cwe/89]
  action: block
  match:
    word: {http.request.any|url_decode|url_decode|replace_comments|lowercase|compress_whitespace|contains: "1 union select"}
  tests:
    match: [{query: {id: 1 union select}}]
    pass: [{path: /}]
"""


def survive(text: str, *only: str) -> list[Survival]:
    drafts, faults = read_rules(text, "t.yaml")
    assert not faults
    ruleset = Ruleset([draft.rule for draft in drafts], Waf(compiled="off"), gates=False)
    return [survival(draft, ruleset, frozenset(only)) for draft in drafts]


def test_a_literal_is_evaded_and_the_evasion_shown() -> None:
    (found,) = survive(LITERAL)
    assert found.whole.survival < 0.5
    missed = {variant.mutation: variant.request for variant in reversed(found.missed)}
    assert missed["sql-comments"]["query"]["id"].startswith("1/**/union")
    assert missed["case"]["path"] == "/items"
    assert found.by_mutation["percent"].survival == 1  # what the edge decodes evades nothing


def test_what_looks_through_disguises_survives_them() -> None:
    (found,) = survive(THOROUGH, "case", "percent-twice", "sql-space", "in-json", "in-form")
    assert found.whole.survival == found.whole.own
    assert found.whole.survival > 0.85
    assert set(found.by_mutation) == {"case", "percent-twice", "sql-space", "in-json", "in-form"}


def test_another_rule_that_blocks_counts_beside_the_rule_s_own() -> None:
    literal, _ = survive(LITERAL + THOROUGH, "case", "sql-space")
    assert literal.whole.own < 0.3
    assert literal.whole.survival > 0.85


@pytest.mark.parametrize(("tags", "grammars"), [("cwe/78", {"shell"}), ("cwe/79, cwe/89", {"script", "sql"}), ("x", set())])
def test_tags_tell_what_a_rule_is_about(tags: str, grammars: set[str]) -> None:
    ((draft,), _) = read_rules(THOROUGH.replace("cwe/89", tags), "t.yaml")
    assert grammars_of(draft.rule) == grammars


def test_a_request_that_the_edge_refuses_is_stopped() -> None:
    text = LITERAL.replace("/items?id=1%20union%20select", "/items?id=1%20union%20select&x=%00")
    (found,) = survive(text, "nulls")
    assert found.whole.survival == 1 or found.whole.variants == 0


def test_each_mutation_is_explained() -> None:
    assert all(names().values())
