from __future__ import annotations

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.template import Wish, next_id, rule_text


@pytest.mark.parametrize(
    ("known", "prefix", "wanted"),
    [
        ([], "", "my-1"),
        (["eg-1001", "eg-out-340"], "", "my-1"),
        (["acme-2", "acme-11", "other-99", "acme-x"], "", "acme-12"),
        (["acme-2", "other-99"], "other", "other-100"),
        (["acme-2"], "web-", "web-1"),
        (["my-1-2"], "", "my-1-3"),
    ],
)
def test_the_next_free_id(known: list[str], prefix: str, wanted: str) -> None:
    assert next_id(known, prefix) == wanted


def test_the_template_loads_as_it_is() -> None:
    (rule,) = rules_from_text(rule_text(Wish("t-1")), Waf(compiled="off")).rules
    assert (rule.id, rule.status) == ("t-1", "test")


@pytest.mark.parametrize(
    ("selector", "operator", "pattern"),
    [
        ("http.request.path", "starts_with", "/old"),
        ("http.request.path|lowercase", "contains", "/old"),
        ("http.request.query.values:id", "contains", 'it\'s "x": [y] # z'),
        ("http.request.query.values|url_decode", "equals", "true"),
        ("http.request.any", "contains_word", "evil"),
        ("http.request.content", "contains", "evil"),
        ("http.request.form.values:a", "equals", "7"),
        ("http.request.json.values:a.b", "equals", "x"),
        ("http.request.headers:x-old", "contains", "evil"),
        ("http.request.cookies:s", "equals", "evil"),
        ("http.user_agent|lowercase", "contains", "bot"),
        ("http.request.method", "in", "TRACE"),
        ("http.host", "equals", "old.example"),
    ],
)
def test_a_match_test_is_made_from_a_literal_and_passes(selector: str, operator: str, pattern: str) -> None:
    text = rule_text(Wish("t-1", selector=selector, operator=operator, pattern=pattern, status="enforce"))
    rules_from_text(text, Waf(compiled="off"))


def test_what_can_t_be_made_is_left_to_its_author() -> None:
    text = rule_text(Wish("t-1", operator="matches", pattern="a+"))
    assert "TODO" in text
    rules_from_text(text, Waf(compiled="off"))
    given = Wish("t-1", operator="matches", pattern="a+", status="enforce", match=("{path: /aa}",), passes=("{path: /}",))
    rules_from_text(rule_text(given), Waf(compiled="off"))
