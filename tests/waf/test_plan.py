from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Callable


def text(condition: str, **selections: str) -> str:
    lines = "\n".join(f"    {name}: {body}" for name, body in selections.items())
    # `shadow` needs tests and `test` is left out of the plan, so each rule comes with two that it passes.
    return f"""
- id: t-1
  title: t
  match:
{lines}
  condition: {condition}
  tests:
    match: [{{path: "/m?m=m", headers: {{m: m}}, json: {{m: m}}}}]
    pass: [{{path: "/p", method: PUT, ip: 10.0.0.1}}]
"""


@pytest.mark.parametrize(
    ("condition", "selections", "gated"),
    [
        ("a", {"a": "{http.request.path|contains: m}"}, True),
        ("a", {"a": "{http.request.headers:m|exists: true}"}, False),
        ("a and b", {"a": "{http.request.path|contains: m}", "b": "{http.request.headers:m|exists: true}"}, True),
        ("a or b", {"a": "{http.request.path|contains: m}", "b": "{http.request.headers:m|exists: true}"}, False),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{ip.src|cidr: 10.0.0.0/8}"}, True),
        ("not b", {"b": "{ip.src|cidr: 10.0.0.0/8}"}, False),
        ("not b", {"b": "{http.request.path|contains: p}"}, False),
        ("a", {"a": "{http.request.path|contains: m, ip.src|cidr: 203.0.113.0/24}"}, True),
        ("a", {"a": "[{http.request.path|contains: m}, {ip.src|cidr: 203.0.113.0/24}]"}, False),
    ],
)
def test_which_rules_need_a_hit(ruleset: Callable[..., Any], condition: str, selections: dict[str, str], gated: bool) -> None:
    plan = ruleset(text(condition, **selections)).plan
    assert plan.rules[0].gated is gated
    assert bool(plan.phases[0].always) is not gated


@pytest.mark.parametrize(
    ("condition", "selections", "first"),
    [
        ("a", {"a": "{http.request.any|contains: m}"}, Phase.REQUEST_HEAD),
        ("a", {"a": "{http.request.json.values|contains: m}"}, Phase.REQUEST_BODY),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{http.request.any|contains: zzz}"}, Phase.REQUEST_BODY),
        ("a and not b", {"a": "{http.request.path|contains: m}", "b": "{http.request.path|contains: zzz}"}, Phase.REQUEST_HEAD),
    ],
)
def test_a_negation_waits_until_all_is_known(
    ruleset: Callable[..., Any], condition: str, selections: dict[str, str], first: Phase
) -> None:
    assert ruleset(text(condition, **selections)).plan.rules[0].first is first


def test_equal_patterns_are_one(ruleset: Callable[..., Any]) -> None:
    plan = ruleset(text("a or b", a="{http.request.path|contains: m}", b="{http.request.query.values|contains: m}")).plan
    assert len(plan.phases[0].gate) == 1


def test_only_named_fields_are_looked_at(ruleset: Callable[..., Any]) -> None:
    fields = ruleset(text("a", a="{http.request.headers:m|contains: m}")).plan.phases[0].fields
    assert list(fields.named) == [b"m"]
    assert fields.other is None


def test_the_same_patterns_are_compiled_once(ruleset: Callable[..., Any]) -> None:
    one, other = (
        ruleset(text("a", a="{http.request.path|contains: m}").replace("title: t", f"title: {title}")) for title in "xy"
    )
    assert one.digest != other.digest
    assert one.plan.phases[0].gate is other.plan.phases[0].gate
