from __future__ import annotations

from typing import Any

import pytest

from edgeguard.config.model import Dial, Waf
from edgeguard.message import Headers
from edgeguard.waf.loader import rules_from_text
from edgeguard.waf.rule_tests import build
from edgeguard.waf.targets.response import START

ERRORS = """
- id: trace
  title: x
  match:
    failed: {http.response.status|greater: 499}
    trace: {http.response.body|contains: Traceback}
  condition: failed and trace
  tests: {match: [{response: {status: 500, body: Traceback}}], pass: [{response: {status: 200, body: Traceback}}]}
"""
LISTING = """
- id: listing
  title: x
  match: {list: {"http.response.headers:content-type|starts_with": text/html, http.response.body.start|contains: Index of}}
  tests: {match: [{response: {headers: {content-type: text/html}, body: Index of}}], pass: [{response: {body: x}}]}
"""
TOKENS = """
- id: token
  title: x
  match:
    someone: {account.id|exists: true}
    token: {http.response.body|contains: token}
  condition: token and not someone
  tests: {match: [{response: {body: token}}], pass: [{response: {body: x}}]}
"""


def reach(text: str, *, status: int = 200, kind: str = "text/html", settings: Waf | None = None, **request: Any) -> int:
    ruleset = rules_from_text(text, settings or Waf(), "rules.yaml")
    sample = build(request)
    transaction = ruleset.transaction(sample.request, sample.client)
    transaction.request_head()
    transaction.response_head(status, Headers([(b"content-type", kind.encode())]))
    return transaction.response_reach()


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        (ERRORS, {"status": 500}, Waf().inspect_bytes),
        (ERRORS, {"status": 200}, 0),
        (ERRORS, {"status": 404}, 0),
        (LISTING, {}, START),
        (LISTING, {"kind": "application/json"}, 0),
        (TOKENS, {}, Waf().inspect_bytes),
        (TOKENS, {"account": "desk"}, 0),
        (ERRORS + LISTING, {}, START),
        (ERRORS + LISTING, {"status": 503}, Waf().inspect_bytes),
        (LISTING, {"settings": Waf(inspect_bytes=100)}, 100),
    ],
)
def test_only_what_a_rule_may_still_need_is_held_back(text: str, answer: dict[str, Any], expected: int) -> None:
    assert reach(text, **answer) == expected


def test_a_rule_that_looks_at_the_body_alone_needs_it_always() -> None:
    text = TOKENS.replace("token and not someone", "token or someone")
    assert reach(text, account="desk") == Waf().inspect_bytes


def test_rules_that_a_dial_switches_off_need_nothing() -> None:
    assert reach(ERRORS, status=500, settings=Waf(packs={"rules": Dial(mode="off")})) == 0
    assert reach(ERRORS, status=500, settings=Waf(packs={"rules": Dial(mode="shadow")})) == Waf().inspect_bytes


def test_without_rules_about_bodies_nothing_is_needed() -> None:
    assert reach("- {id: a, title: x, status: test, match: {a: {http.request.path: x}}}") == 0


def test_where_time_runs_out_all_of_it_is_held_back() -> None:
    text = "".join(
        f"- {{id: r-{number}, title: x, status: shadow, condition: failed and trace and not known, match: {{"
        "failed: {http.response.status|greater: 499}, trace: {http.response.body|contains: x}, "
        "known: {account.id|exists: true}}, tests: {"
        "match: [{response: {status: 500, body: x}}], pass: [{response: {status: 200, body: x}}]}}\n"
        for number in range(9)
    )
    assert reach(text, status=500, account="desk") == 0
    ruleset = rules_from_text(text, Waf(budget_us=1))
    sample = build({"account": "desk"})
    clock = iter(range(0, 10**9, 10_000))
    transaction = ruleset.transaction(sample.request, sample.client, now=lambda: next(clock), worked=lambda: next(clock))
    transaction.response_head(500, Headers([]))
    assert transaction.response_reach() == Waf().inspect_bytes
    assert transaction.finish().budget_spent
