from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.explain.run import Pair, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.explain.run import Outcome, Read
    from edgeguard.waf.seclang.syntax import SecRule


def test_to_the_end_or_as_the_edge_does(ask: Callable[..., Outcome]) -> None:
    whole = ask(path="/EVIL", form={"a": "evil"})
    assert (whole.verdict.would_block, whole.verdict.blocked) == (True, False)
    assert {"t-1", "101", "910"} <= {each.id for each in whole.found}
    stopped = ask(path="/EVIL", form={"a": "evil"}, stops=True)
    assert (stopped.verdict.action, stopped.verdict.status) == ("block", 404)
    assert "101" not in {each.id for each in stopped.found}


def test_variables_at_the_end_are_told(ask: Callable[..., Outcome]) -> None:
    assert ask(path="/?a=evil").variables[b"sum"] == b"5"
    assert ask(path="/").variables.get(b"sum", b"0") == b"0"


def test_rules_and_targets_are_left_out(
    ruleset: Callable[..., Ruleset], request_of: Callable[..., Read], texts: dict[int, SecRule]
) -> None:
    rules, read = ruleset(), request_of(path="/evil?a=evil&b=evil")

    def left(*pairs: Pair) -> dict[str, int]:
        outcome = run(rules, read, texts, without=pairs)
        return {each.id: len(each.wheres) for each in outcome.found if each.reports and not each.sums_up}

    assert left() == {"t-1": 1, "101": 2}
    assert left(Pair("101", "ARGS:a")) == {"t-1": 1, "101": 1}
    assert left(Pair("101")) == {"t-1": 1}
    assert left(Pair("t-1", "", "edgeguard"), Pair("101", "ARGS")) == {}


def test_no_budget_is_spent(ask: Callable[..., Outcome]) -> None:
    assert not ask(form={f"a{number}": "x" * 1000 for number in range(100)}).verdict.budget_spent
