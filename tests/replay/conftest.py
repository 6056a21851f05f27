"""Rules, requests and sides for replays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.observe.samples.recorded import Recorded
from edgeguard.replay.side import Side
from edgeguard.waf import rules_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = """\
- id: {id}
  title: {word} is there
  status: {status}
  severity: {severity}
  match: {{word: {{http.request.any|contains: {word}}}}}
  tests: {{match: [{{path: "/?q={word}"}}], pass: [{{path: /}}]}}
"""


def rule(name: str, word: str, severity: str = "critical", status: str = "enforce") -> str:
    return RULE.format(id=name, word=word, severity=severity, status=status)


def recorded(target: bytes = b"/", body: bytes = b"", *fields: tuple[bytes, bytes], **more: Any) -> Recorded:
    headers = ((b"host", b"cms.example"), *fields)
    if body and not any(name == b"content-type" for name, _ in fields):
        headers = (*headers, (b"content-type", b"application/json"))
    if body:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    method = more.pop("method", b"POST" if body else b"GET")
    return Recorded(more.pop("id", "r"), more.pop("time", 0.0), method, target, headers, body, **more)


def side(*rules: str, name: str = "side", **more: Any) -> Side:
    settings = more.pop("settings", Waf(compiled="off"))
    return Side(name, rules_from_text("".join(rules), settings), **more)


@pytest.fixture(name="rule")
def _rule() -> Callable[..., str]:
    return rule


@pytest.fixture(name="recorded")
def _recorded() -> Callable[..., Recorded]:
    return recorded


@pytest.fixture(name="side")
def _side() -> Callable[..., Side]:
    return side
