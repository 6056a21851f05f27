from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.explain.exclusion import from_told, smallest, targets_of
from edgeguard.waf.explain.given import Told
from edgeguard.waf.explain.run import Pair, run
from edgeguard.waf.explain.trace import Where

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.explain.run import Read
    from edgeguard.waf.seclang.syntax import SecRule

THRESHOLDS = {"seclang": 5, "edgeguard": 5}


@pytest.fixture
def pairs(
    ruleset: Callable[..., Ruleset], request_of: Callable[..., Read], texts: dict[int, SecRule]
) -> Callable[..., list[tuple[str, str]] | None]:
    """The smallest exclusion for a request."""

    def look(level: int = 1, **description: Any) -> list[tuple[str, str]] | None:
        rules, read = ruleset(level), request_of(**description)
        found = smallest(lambda without: run(rules, read, texts, without=without), THRESHOLDS, level)
        return None if found is None else [(pair.rule, pair.target) for pair in found]

    return look


def test_nothing_is_needed_where_the_request_passes(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/?a=bad7") == []


def test_one_target_of_one_rule(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/?a=evil&b=fine") == [("101", "ARGS:a")]


def test_the_dearest_alone_where_that_is_enough(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/?a=evil&b=bad7") == [("101", "ARGS:a")]
    assert pairs(2, path="/?a=bad7&b=odd") == [("201", "ARGS:b")]


def test_all_of_several(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/?a=evil&b=evil", cookies={"c": "evil"}) == [
        ("101", "ARGS:a"),
        ("101", "ARGS:b"),
        ("101", "REQUEST_COOKIES:c"),
    ]


def test_a_count_leaves_out_the_whole_rule(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/", headers={"X-Needed": "1"}) == [("103", "")]


def test_of_a_chain_the_link_that_looks_at_the_request(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/?a=bad7&b=bad8") == [("102", "ARGS:b")] or pairs(path="/?a=bad7&b=bad8") == []
    assert pairs(path="/?a=bad7", headers={"X-Needed": "1"}) == [("103", "")]


def test_a_rule_of_the_other_language(pairs: Callable[..., Any]) -> None:
    assert pairs(path="/evil?a=evil") == [("101", "ARGS:a"), ("t-1", "http.request.path")]


def test_where_rules_are_not_to_blame_there_is_none(pairs: Callable[..., Any]) -> None:
    packed = {"headers": {"Content-Encoding": "unheard-of"}, "body": "x", "content_type": "application/json"}
    assert pairs(path="/", **packed) is None


def test_names_that_can_not_be_written_leave_out_the_whole_variable() -> None:
    def target(name: str, link: int = 0) -> Where:
        return Where(name, "", b"", (), (), b"", (0, 0), negated=False, link=link)

    assert targets_of([target("ARGS:a,b'c")]) == ["ARGS"]
    assert targets_of([target("ARGS:filter[x]")]) == ["ARGS:filter[x]"]
    assert targets_of([target("REQUEST_URI")]) == ["REQUEST_URI"]
    assert targets_of([target("TX:1")]) == [""]
    assert targets_of([target("&ARGS")]) == [""]
    assert targets_of([target("ARGS:a"), target("ARGS:b"), target("REQUEST_URI", 1)]) == ["REQUEST_URI"]


def test_from_what_an_event_told(ruleset: Callable[..., Ruleset]) -> None:
    told = (
        Told("101", "", "ARGS:body", "evil", 5),
        Told("102", "", "ARGS:x", "bad7", 3),
        Told("201", "", "ARGS:y", "odd", 4),
        Told("910", "", "TX:sum", "8", 0),
        Told("t-1", "", "http.request.path", "evil", 4),
        Told("eg-0001", "", "", "", 0),
    )
    found = from_told(told, ruleset(), THRESHOLDS, 1)
    assert found == (Pair("101", "ARGS:body"), Pair("t-1", "http.request.path", "edgeguard"))
