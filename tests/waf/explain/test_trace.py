from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.explain.trace import is_about_variables, level_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.explain.run import Outcome
    from edgeguard.waf.explain.trace import Found


def found(outcome: Outcome, name: str) -> Found:
    return next(each for each in outcome.found if each.id == name)


def test_a_seclang_rule_tells_where_and_how(ask: Callable[..., Outcome]) -> None:
    one = found(ask(path="/?a=fine&b=so%2520%2545VIL+it+is"), "101")
    assert (one.title, one.severity, one.level, one.score) == ("Evil in ARGS:b", "critical", 1, 5)
    assert (one.line, one.language, one.blocks, one.detail) == (5, "seclang", "", "evil")
    (where,) = one.wheres
    assert (where.target, where.question, where.value) == ("ARGS:b", "@contains evil", b"so%20%45VIL it is")
    assert where.pipeline == ("urlDecodeUni", "lowercase")
    assert [step.name for step in where.steps] == ["urlDecodeUni", "lowercase"]
    assert where.form[slice(*where.span)] == b"evil"
    assert one.captured == (("TX:0", b"evil"),)


def test_each_value_that_matched_is_told(ask: Callable[..., Outcome]) -> None:
    one = found(ask(path="/?a=evil&b=EVIL", cookies={"c": "evil"}), "101")
    assert [where.target for where in one.wheres] == ["ARGS:a", "ARGS:b", "REQUEST_COOKIES:c"]
    assert one.score == 15


def test_of_a_chain_each_link_is_told(ask: Callable[..., Outcome]) -> None:
    one = found(ask(path="/?a=bad7"), "102")
    assert [(where.link, where.target, where.question) for where in one.wheres] == [
        (0, "ARGS:a", r"@rx ^bad(\d)$"),
        (1, "TX:1", "@gt 3"),
    ]
    assert one.captured[1] == ("TX:1", b"7")


def test_a_rule_that_sums_up_is_known(ask: Callable[..., Outcome]) -> None:
    one = found(ask(path="/?a=evil"), "910")
    assert (one.sums_up, one.blocks, one.title) == (True, "deny 403", "Too much: 5")
    assert not found(ask(path="/?a=evil"), "901").reports


def test_a_rule_of_the_other_language(ask: Callable[..., Outcome]) -> None:
    one = found(ask(path="/an/EVIL/path"), "t-1")
    assert (one.language, one.severity, one.blocks, one.line) == ("edgeguard", "high", "block 404", 1)
    (where,) = one.wheres
    assert (where.target, where.value) == ("http.request.path", b"/an/EVIL/path")
    assert where.form[slice(*where.span)] == b"evil"


def test_levels_of_rules(ruleset: Callable[..., Ruleset]) -> None:
    rules = {rule.id: rule for rule in ruleset().chains}
    assert {name: level_of(rules[name]) for name in ("101", "102", "103", "201", "910")} == {
        "101": 1,
        "102": 1,
        "103": 1,  # by the score that it adds to
        "201": 2,
        "910": 0,
    }
    assert [is_about_variables(rules[name]) for name in ("101", "103", "200", "900", "910")] == [False, False, True, True, True]
