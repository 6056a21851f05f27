from __future__ import annotations

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import Ruleset, rules_from_text

RULES = """\
- id: t-word
  title: A word that nobody sends
  severity: critical
  tags: [attack/word]
  match: {word: {http.request.any|contains: attackword}}
  tests: {match: [{query: {q: attackword}}], pass: [{query: {q: other}}]}
- id: t-path
  title: A path that nobody asks for
  severity: low
  match: {path: {http.request.path|starts_with: /never}}
  action: {block: {status: 403}}
  tests: {match: [{path: /never}], pass: [{path: /}]}
- id: t-leak
  title: A word that nobody answers
  severity: critical
  phase: response_body
  match: {word: {http.response.body|contains: leakword}}
  tests: {match: [{response: {body: leakword}}], pass: [{response: {body: other}}]}
"""


@pytest.fixture(scope="session")
def rules() -> str:
    return RULES


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return rules_from_text(RULES, Waf(budget_us=10_000_000))
