from __future__ import annotations

import pytest

from edgeguard.dynamic.listening import Listening
from edgeguard.dynamic.model import Event
from edgeguard.dynamic.table import Table
from edgeguard.dynamic.window import Window

CASES = {
    "{cache: miss}": {"cache": "miss"},
    "{tag: x}": {"tags": ["x"]},
    "{rule: eg-1}": {"rules": ["eg-1"]},
    "{verdict: [blocked, limited]}": {"verdict": "limited"},
    "{login: true}": {"login": "x"},
    "{origin_seconds: 0.5}": {"origin_seconds": 0.5},
    "{cost: 10}": {"cost": 10},
    "{verdict: [pass, blocked]}": {},
    "{path: /}": {},
}


@pytest.fixture
def listening(rule) -> Listening:
    rules = [rule(f"when: {when}", id=f"t-{number}") for number, when in enumerate(CASES)]
    return Listening([(one, Table(Window(60), 10)) for one in rules])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_rule_looks_at_what_fits_it(listening, number) -> None:
    said = list(CASES.values())[number]
    event = Event("203.0.113.5", **said)
    found = {rule.id for rule, _ in listening.to(event)}
    assert f"t-{number}" in found
    assert all(rule.id in found for rule, _ in listening.always)
    assert len(found) == (2 if not said else 4 if "tags" in said or "rules" in said else 3)


def test_a_usual_exchange_is_looked_at_by_those_alone_that_need_nothing(listening) -> None:
    assert [rule.id for rule, _ in listening.to(Event("203.0.113.5"))] == ["t-7", "t-8"]
