"""The worker in the test's own loop, with rules for heads, bodies and answers."""

from __future__ import annotations

import pytest
from edge_in_process import authority, blueprint, edge, origin, pytest_asyncio_loop_factories

__all__ = ["authority", "blueprint", "edge", "origin", "pytest_asyncio_loop_factories", "rules"]

RULES = """
- id: t-1
  title: A word that nobody sends
  severity: critical
  match: {args: {http.request.query.values|contains: attackword}}
  tests: {match: [{query: {q: attackword}}], pass: [{query: {q: other}}]}
- id: t-2
  title: The same in a body
  severity: critical
  match: {body: {http.request.body|contains: attackword}}
  tests: {match: [{method: POST, body: attackword}], pass: [{path: /}]}
- id: t-3
  title: A word that nobody answers
  severity: critical
  match: {body: {http.response.body|contains: leakedword}}
  tests: {match: [{path: /, response: {body: leakedword}}], pass: [{path: /}]}
"""


@pytest.fixture
def rules() -> str:
    return RULES
