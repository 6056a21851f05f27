from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.explain.cost import costs

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.explain.run import Read


def test_rules_are_counted_and_timed(ruleset: Callable[..., Ruleset], request_of: Callable[..., Read]) -> None:
    sample = [request_of(path="/evil?a=evil"), request_of(path="/?a=fine"), request_of(path="/", form={"a": "bad1"})]
    result = costs(ruleset(gates=True), sample)
    assert (result.requests, result.blocked) == (3, 1)
    by_id = {cost.id: cost for cost in result.rules}
    assert {name: (by_id[name].asked, by_id[name].held) for name in ("t-1", "101", "102")} == {
        "t-1": (1, 1),
        "101": (1, 1),
        "102": (1, 0),
    }
    assert "103" not in by_id  # the gate said no each time
    assert all(cost.nanoseconds > 0 for cost in result.rules)
    assert [cost.nanoseconds for cost in result.rules] == sorted((cost.nanoseconds for cost in result.rules), reverse=True)


def test_lists_are_timed(ruleset: Callable[..., Ruleset], request_of: Callable[..., Read]) -> None:
    result = costs(ruleset(gates=True), [request_of(path="/?a=fine", headers={"X-Other": "1"})])
    names = {cost.name for cost in result.lists}
    assert "number of REQUEST_HEADERS:X-Needed" in names
    assert len(names) > 3
    assert all(cost.asked for cost in result.lists)


def test_times_are_of_the_engine(ruleset: Callable[..., Ruleset], request_of: Callable[..., Read]) -> None:
    result = costs(ruleset(gates=True), [request_of(path=f"/?a=fine{number}") for number in range(5)])
    for times in (result.first, result.again):
        assert 0 < times.p50 <= times.p99 <= times.most


def test_those_that_serve_have_no_watch(ruleset: Callable[..., Ruleset], request_of: Callable[..., Read]) -> None:
    rules, read = ruleset(gates=True), request_of(path="/?a=evil")
    costs(rules, [read])
    transaction = rules.transaction(read.request, read.client)
    transaction.request_head()
    assert type(transaction).__name__ == "Transaction"
    assert type(transaction._machine).__name__ == "Machine"
