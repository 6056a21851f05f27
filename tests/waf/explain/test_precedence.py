from __future__ import annotations

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.asked import ways
from edgeguard.waf.explain.precedence import implies, preceded

TESTS = "tests: {match: [{path: /x, query: {q: evil}, method: PUT}], pass: [{path: /other}]}"


def holds(narrow: str, wide: str, condition: str = "a") -> bool:
    """Whether `wide` holds wherever `narrow` does."""
    text = f"- {{id: t-1, title: x, status: test, match: {{a: {{{narrow}}}}}}}\n"
    text += f"- {{id: t-2, title: y, status: test, match: {{a: {{{wide}}}}}, condition: {condition}}}\n"
    one, other = rules_from_text(text, Waf(compiled="off")).rules
    return implies(ways(one) or (), ways(other) or ())


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("http.request.path: /x", "http.request.path: [/x, /y]"),
        ("http.request.path: /x/y", "http.request.path|starts_with: /x"),
        ("http.request.path|starts_with: /x/y", "http.request.path|starts_with: /x"),
        ("http.request.path|ends_with: .sql.gz", "http.request.path|ends_with: .gz"),
        ("http.request.path|in: [/ab, /cab]", "http.request.path|contains: ab"),
        ("http.request.query|contains: abcd", "http.request.query|contains: bc"),
        ("http.request.query|matches: a+", "http.request.query|matches: [b, a+]"),
        ("http.request.query|contains|all: [a, b]", "http.request.query|contains|all: [a]"),
        ("http.request.path: /x, http.request.method: PUT", "http.request.method: PUT"),
        ("http.request.query.values:id|contains: ab", "http.request.query.values|contains: ab"),
        ("http.request.query.values|contains: ab", "http.request.any|contains: ab"),
        ("http.request.headers:x|contains: ab", "http.request.headers:x|exists: true"),
        ("ip.src|cidr: 10.1.0.0/16", "ip.src|cidr: 10.0.0.0/8"),
        ("http.request.headers:content-length|greater: 100", "http.request.headers:content-length|greater: 10"),
    ],
)
def test_the_wider_one_holds_wherever_the_narrower_does(narrow: str, wide: str) -> None:
    assert holds(narrow, wide)
    assert not holds(wide, narrow)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http.request.query|contains: ab", "http.request.query|lowercase|contains: ab"),
        ("http.request.query|contains: ab", "http.request.path|contains: ab"),
        ("http.request.query.values:a|contains: ab", "http.request.query.values:b|contains: ab"),
        ("http.request.query|matches: ab", "http.request.query|matches: abc"),
        ("ip.src|cidr: 10.0.0.0/8", "ip.src|cidr: 2001:db8::/32"),
    ],
)
def test_what_can_t_be_told_is_not(one: str, other: str) -> None:
    assert not holds(one, other)
    assert not holds(other, one)


def test_denied_the_order_is_the_other_way_round() -> None:
    assert not holds("http.request.path: /x", "http.request.path|starts_with: /x", "not a")


def order(*rules: str) -> list[tuple[str, str, bool]]:
    text = "".join(f"- {{id: t-{number}, title: x{number}, {rule}, {TESTS}}}\n" for number, rule in enumerate(rules, 1))
    return [(rule.id, other.id, same) for rule, other, same in preceded(rules_from_text(text, Waf(compiled="off")).rules)]


def test_only_one_that_blocks_before_makes_another_needless() -> None:
    wide = "match: {a: {http.request.path|starts_with: /x}}"
    narrow = "match: {a: {http.request.path: /x}}"
    assert order(f"action: block, {wide}", narrow) == [("t-2", "t-1", False)]
    assert order(wide, narrow) == []  # both count
    assert order(f"action: block, status: shadow, {wide}", narrow) == []
    assert order(narrow, f"action: block, {wide}") == []  # it comes later
    assert order(f"{narrow}, phase: request_body", f"action: block, phase: request_head, {wide}") == [("t-1", "t-2", False)]


def test_the_same_question_twice_is_told_once() -> None:
    narrow = "match: {a: {http.request.path: /x}}"
    assert order(narrow, narrow) == [("t-2", "t-1", True)]
